import type { Proposal, ProposalChoice } from '#core/proposal/propose.ts';

/** A proposal as it stood when the page was left: what was understood, and what was chosen. */
export interface KeptProposal {
  name: string;
  print: string;
  choice: ProposalChoice;
  proposal: Proposal;
}

const keyOf = (projectId: string): string => `pupil:proposal:${projectId}`;

/** Kept for this window only: the next one has not seen the files. */
export function keepProposal(projectId: string, kept: KeptProposal | null): void {
  try {
    if (kept === null) sessionStorage.removeItem(keyOf(projectId));
    else sessionStorage.setItem(keyOf(projectId), JSON.stringify(kept));
  } catch {
    // Storage is full or refused: a reload then asks anew.
  }
}

export function findKeptProposal(projectId: string): KeptProposal | null {
  try {
    const text = sessionStorage.getItem(keyOf(projectId));
    const kept = text === null ? null : (JSON.parse(text) as KeptProposal);
    // What an older page of this window kept lacks what this one shows.
    return kept && Array.isArray(kept.proposal.expected) ? kept : null;
  } catch {
    return null;
  }
}
