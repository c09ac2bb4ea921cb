/** The Linux side of `OciImages`: skopeo fetches, umoci unpacks. */
import type { OciImages } from '../oci-images.js';
import { fetchOci } from './oci-fetch.js';
import { unpackOci } from './oci-unpack.js';

export function createOciImages(): OciImages {
  return { fetch: fetchOci, unpack: unpackOci };
}
