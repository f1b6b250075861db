/**
 * Pseudo-labels that a student learns from: of its figures, and until it has any of what was frozen when it began. Null
 * before that.
 */
export function acceptedCount({
  metrics,
  selection = null,
}: {
  metrics: { pseudo: number } | null;
  selection?: Record<string, unknown> | null;
}): number | null {
  const taken = selection?.['taken'];
  return metrics?.pseudo ?? (typeof taken === 'number' ? taken : null);
}
