import { describe, expect, it } from 'vitest';
import { findMentions } from './comments.tsx';

describe('mentions', () => {
  const members = [
    { memberId: '1', name: 'Ana' },
    { memberId: '2', name: 'Ana Lopez' },
    { memberId: '3', name: 'Bo' },
  ];

  it('finds names after @, the longest first, and no others', () => {
    expect(findMentions('@ana lopez look', members)).toEqual(['2']);
    expect(findMentions('@Ana and @bo', members)).toEqual(['1', '3']);
    expect(findMentions('Ana, Bo', members)).toEqual([]);
    expect(findMentions('@Bo', [...members, { memberId: '4', name: 'Bo' }])).toEqual(['3', '4']);
  });
});
