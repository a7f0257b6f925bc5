export { type FolderDock, ONE_CONTROLLER, readMounts, type Volume, watchFolderDock } from './folder/folder-dock.ts';
export { spaceOfVolume } from './folder/volume-space.ts';
export { importCameras } from './import-cameras.ts';
export { idsOfCamera, mergeCameras, separateCamera } from './merge.ts';
export { extensionOf, mediaKindOf, type NameFacts, readName } from './names.pure.ts';
export { loadProfiles, type Profile } from './profile.ts';
export { DOCK_PROJECTION } from './projection.ts';
export { type Recognised, recognise } from './recognise.ts';
export { findCamera, isWeak, type KnownCamera, registerCamera } from './register.ts';
