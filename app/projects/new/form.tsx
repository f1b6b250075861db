'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { FormEvent } from 'react';
import { can } from '#core/people/access.ts';
import { CLASS_COLOURS } from '#core/project/project.ts';
import { useTRPC } from '../../_lib/api.ts';
import { parseClassNames } from '../../_lib/class-names.ts';
import { readError } from '../../_lib/error.ts';
import { plural } from '../../_lib/format.ts';
import { useMe } from '../../_shell/me.tsx';
import { projectHref } from '../../_shell/nav.ts';
import { OrganizationShell } from '../../_shell/organization-shell.tsx';
import { Button } from '../../_ui/form/button.tsx';
import { ClassBadge } from '../../_ui/class-badge.tsx';
import { Field, Input, Textarea } from '../../_ui/form/field.tsx';
import { Page, Panel } from '../../_ui/panel.tsx';
import { Select } from '../../_ui/form/select.tsx';
import { EmptyState } from '../../_ui/states.tsx';
import { Checkbox } from '../../_ui/form/toggles.tsx';

export function NewProjectPage({ organizationId }: { organizationId: string | null }) {
  const me = useMe();
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const places = me.memberships.filter((one) => can(one.role, 'project:create'));
  const [place, setPlace] = useState(
    places.find((one) => one.organizationId === organizationId)?.organizationId ?? places[0]?.organizationId ?? null,
  );
  const [classText, setClassText] = useState('');
  const [grayscale, setGrayscale] = useState(false);
  const create = useMutation(trpc.project.create.mutationOptions({ meta: { quiet: true } }));
  if (place === null) {
    return (
      <OrganizationShell organizationId={null}>
        <EmptyState title="Only leads and owners make projects">Ask an owner to change your role.</EmptyState>
      </OrganizationShell>
    );
  }
  const names = parseClassNames(classText);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    create.mutate(
      {
        organizationId: place,
        name: String(form.get('name') ?? ''),
        description: String(form.get('description') ?? ''),
        classes: names,
        grayscale,
      },
      {
        onSuccess: ({ projectId }) => {
          void queryClient.invalidateQueries(trpc.project.list.queryFilter());
          router.push(projectHref(projectId, 'data'));
        },
      },
    );
  };
  return (
    <OrganizationShell organizationId={place}>
      <Page title="New project" description="Everything here can be changed later." width="middle">
        <form onSubmit={submit}>
          <Panel>
            <div className="space-y-5">
              {places.length > 1 && (
                <Field label="Organization">
                  <Select
                    value={place}
                    onChange={setPlace}
                    options={places.map((one) => ({ value: one.organizationId, label: one.organizationName }))}
                  />
                </Field>
              )}
              <Field label="Name">
                <Input name="name" required maxLength={120} autoComplete="off" placeholder="Street signs" />
              </Field>
              <Field label="What is it for?" optional>
                <Input name="description" maxLength={2000} autoComplete="off" />
              </Field>
              <Field
                label="Classes"
                optional
                hint="One a line, or with commas. Leave it empty if your images already lie in class folders."
              >
                <Textarea
                  value={classText}
                  onChange={(event) => setClassText(event.target.value)}
                  rows={4}
                  placeholder={'stop\nyield\nspeed limit'}
                />
              </Field>
              {names.length > 0 && (
                <div>
                  <p className="mb-1.5 text-xs text-muted">{plural(names.length, 'class', 'classes')}</p>
                  <ul className="flex flex-wrap gap-x-4 gap-y-1.5">
                    {names.slice(0, 24).map((name, position) => (
                      <li key={name}>
                        <ClassBadge
                          look={{
                            name,
                            position,
                            colour: CLASS_COLOURS[position % CLASS_COLOURS.length] ?? CLASS_COLOURS[0],
                          }}
                        />
                      </li>
                    ))}
                    {names.length > 24 && <li className="text-sm text-muted">and {names.length - 24} more</li>}
                  </ul>
                </div>
              )}
              <Checkbox
                checked={grayscale}
                onChange={setGrayscale}
                label="The images are grayscale, or must not be flipped or recoloured"
                hint="Digits, letters, X-rays. Switches mirror images and colour changes off in training."
              />
              {create.error !== null && (
                <p role="alert" className="text-sm text-bad">
                  {readError(create.error).message}
                </p>
              )}
              <div className="flex justify-end gap-2">
                <Button onClick={() => router.back()}>Cancel</Button>
                <Button type="submit" variant="primary" busy={create.isPending}>
                  Create project
                </Button>
              </div>
            </div>
          </Panel>
        </form>
      </Page>
    </OrganizationShell>
  );
}
