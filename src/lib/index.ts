export * from './assert-never.js';
export * from './backoff.js';
export * from './deferred.js';
export * from './digest.js';
export * from './duration.js';
export * from './quantity.js';
export * from './stable-json.js';
export * from './text.js';
