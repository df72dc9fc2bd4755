export { type CorsPolicy, corsPolicy } from './cors.ts';
export { Exchange } from './exchange.ts';
export { HttpHost, type HttpHostOptions, type HttpPlugin, type NotificationDoor } from './http-host.ts';
export { DEFAULT_HTTP_LIMITS, type HttpLimits, type HttpSettings, httpLimits } from './limits.ts';
export { type HttpService, LISTENERS, type ListenerName, type ListenerOptions } from './listeners.ts';
export { nodeOrigins } from './node-origins.ts';
export type { PagesOptions } from './pages.ts';
export { trustedProxies } from './trusted-proxies.ts';
