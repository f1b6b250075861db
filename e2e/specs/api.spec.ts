import { createPupilClient } from '../../client/index.ts';
import { drawZip } from '../fixtures/draw-zip.ts';
import { expect, test } from '../fixtures/actors.ts';
import { readStarted } from '../fixtures/started.ts';

test(
  'OPS-2 PROPOSAL-2 a program with a token proposes, imports, labels and exports as its member may, and nothing ' +
    'after the token is revoked',
  async ({ scenario }) => {
    const { owner, organizationId } = scenario;
    const { token } = await owner.call<{ token: string }>('people.createToken', 'mutation', {
      organizationId,
      name: 'script',
    });
    const pupil = createPupilClient({ url: readStarted().url, token });
    const { projectId } = await pupil.api.project.create.mutate({ organizationId, name: 'By program' });
    const files = (await drawZip(12, 8)).map((part) => ({
      name: part.name,
      kind: 'zip' as const,
      useLabels: part.labeled,
      data: new Uint8Array(part.bytes),
    }));
    // What a zip would be understood as, before anything is stored.
    const labeled = files.find(({ useLabels }) => useLabels);
    const { proposal, refused } = await pupil.proposeZip(projectId, labeled?.data ?? new Uint8Array());
    expect(proposal).toMatchObject({ images: 8, layout: 'folders-0', unlabeled: { count: 0 } });
    expect(refused.count).toBe(0);
    const counts = await pupil.importFiles(projectId, 'drawn', files);
    expect(counts).toMatchObject({ imported: 12, labeled: 8, failed: 0, status: 'ended' });

    const { classes } = await pupil.api.project.get.query({ projectId });
    expect(classes.map(({ name }) => name)).toEqual(proposal.classes.map(({ name }) => name));
    const hand = await pupil.api.label.claim.mutate({ projectId, count: 1 });
    const [image] = hand.images;
    await pupil.api.label.submit.mutate({
      projectId,
      annotations: [
        {
          id: crypto.randomUUID(),
          imageId: image?.id ?? '',
          kind: 'decide',
          classId: classes[0]?.id ?? null,
          token: image?.token ?? null,
        },
      ],
    });
    const csv = await (await pupil.exportLabels(projectId, 'csv')).text();
    expect(csv.trim().split('\n').length).toBeGreaterThanOrEqual(1 + 9);
    expect(csv).toContain(image?.fileName);

    const [row] = await owner.call<{ id: string }[]>('people.tokens', 'query', { organizationId });
    await owner.call('people.revokeToken', 'mutation', { organizationId, id: row?.id });
    await expect(pupil.api.project.get.query({ projectId })).rejects.toThrow(/Sign in/);
    await expect(pupil.exportLabels(projectId, 'csv')).rejects.toThrow(/Sign in/);
  },
);
