export { cacheDirectory } from './cache.js';
export { buildNginxImage, defaultListen, type Fault, type NginxOptions, siteConfiguration } from './nginx.js';
export { type BuiltImage, sha256OfFile } from './pack.js';
export { buildTinyImage, type TinyOptions } from './tiny.js';
