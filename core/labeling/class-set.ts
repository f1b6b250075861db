/**
 * What one answer says an image has: ids of classes, each once and in their order, so that equal sets are equal lists.
 * Empty: none of the project's classes.
 */
export type ClassSet = readonly string[];

/** The set of these classes. */
export const classSet = (classIds: Iterable<string>): ClassSet => [...new Set(classIds)].sort();

/** One word for a set, the same for equal ones. */
export const classSetKey = (set: ClassSet): string => set.join(' ');
