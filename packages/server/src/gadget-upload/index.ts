export {
  FolderError,
  type FolderProblem,
  type GadgetFolder,
  GadgetFolders,
  UPLOAD_LIMITS,
} from './gadget-folders.ts';
export { ZipError } from './zip.ts';
