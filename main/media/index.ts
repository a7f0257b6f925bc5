export { MEDIA_PROJECTION } from './projection.ts';
export { derivativeStage, groupStage, probeStage } from './stages.ts';
