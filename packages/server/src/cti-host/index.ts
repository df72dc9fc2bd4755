export { acdDirectory, CtiHost, type CtiHostOptions } from './cti-host.ts';
