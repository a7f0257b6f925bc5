export { derivativeStage } from './derivative-stage.ts';
export { groupStage } from './group-stage.ts';
export type { MediaContext } from './media-context.ts';
export { pointsIn } from './nmea.pure.ts';
export { probeStage } from './probe-stage.ts';
export { MEDIA_PROJECTION } from './projection.ts';
export { type MediaTools, probeTools } from './tools.ts';
