import { type BuiltImage, describeImage } from '../images/pack.js';

const lab = '/var/tmp/hosting-lab';
export function buildHostingImage(file: string, _onBuild: (text: string) => void): Promise<BuiltImage> {
  return describeImage(`${lab}/${file}`, file);
}
export function buildNextGuestbook(_onBuild: (text: string) => void): Promise<BuiltImage> {
  return describeImage(`${lab}/rails-new-2.0.iso`, 'rails-new-2.0.iso');
}
