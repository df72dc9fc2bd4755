/** `finesse.digital`. */
export {
  type ChannelCallback,
  type ChannelConfig,
  type ChannelMenu,
  type ChannelMenuClick,
  type ChannelMenuItem,
  type ChannelOutcome,
  ChannelService,
  type ChannelState,
} from './channel-service.ts';
