export { DEFAULT_LAYOUT, defaultLayout } from './default-layout.ts';
export { LAYOUT_LIMITS } from './limits.ts';
export {
  type LayoutEntry,
  type LayoutHeader,
  type LayoutHeaderColumn,
  type LayoutIcon,
  type LayoutModel,
  type LayoutProblem,
  type LayoutReading,
  type LayoutRole,
  type LayoutTab,
  type LayoutWidth,
  layoutFor,
  type RoleLayout,
} from './model.ts';
export { parseLayout } from './parse-layout.ts';
export {
  type ConfigProblem,
  type ConfigSource,
  type ConfigSources,
  configOf,
  DESKTOP_PROPERTIES,
  type DesktopProperties,
} from './properties.ts';
export { LAYOUT_NS } from './structure.ts';
export { expandPlaceholders, type PlaceholderValues, refuseUrl } from './url.ts';
