export * from './people.ts';
export * from './project.ts';
export * from './likeness.ts';
export * from './labeling.ts';
export * from './run.ts';
export * from './feature.ts';
export * from './notification.ts';
export * from './image-change.ts';
