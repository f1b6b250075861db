'use client';
import { useQuery } from '@tanstack/react-query';
import { Flag, FlagOff, Tag, UserRound, X } from 'lucide-react';
import { useTRPC } from '../../../_lib/api.ts';
import { formatNumber } from '../../../_lib/format.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Button, IconButton } from '../../../_ui/form/button.tsx';
import { ClassSwatch } from '../../../_ui/class-badge.tsx';
import { Menu, MenuItem } from '../../../_ui/menu.tsx';
import { useBulk } from './use-gallery.ts';

/** What can be done with the selected images; floats over the grid while any is selected. */
export function BulkBar({ selected, onClear }: { selected: readonly string[]; onClear: () => void }) {
  const { project, classes, may } = useProject();
  const trpc = useTRPC();
  const members = useQuery(
    trpc.project.members.queryOptions({ projectId: project.id }, { enabled: may('image:assign') }),
  );
  const bulk = useBulk(project.id, onClear);
  const ids = [...selected];
  return (
    <div
      role="toolbar"
      aria-label="Selected images"
      className="fixed bottom-4 left-1/2 z-20 flex -translate-x-1/2 animate-pop items-center gap-1.5 rounded-xl
      bg-raised p-1.5 pl-3.5 shadow-pop max-md:bottom-18"
    >
      <span className="pr-2 text-sm font-medium whitespace-nowrap tabular" aria-live="polite">
        {formatNumber(ids.length)} selected
      </span>
      {may('annotation:adjudicate') && (
        <Menu
          align="center"
          side="top"
          trigger={
            <Button size="sm" icon={<Tag size={13} />} disabled={bulk.busy || classes.length === 0}>
              Label
            </Button>
          }
        >
          {classes.map((one) => (
            <MenuItem key={one.id} icon={<ClassSwatch look={one} />} onSelect={() => bulk.decide(ids, one.id)}>
              {one.name}
            </MenuItem>
          ))}
        </Menu>
      )}
      <IconButton label="Flag" size="sm" disabled={bulk.busy} onClick={() => bulk.flag(ids, true)}>
        <Flag size={14} aria-hidden />
      </IconButton>
      <IconButton label="Remove the flag" size="sm" disabled={bulk.busy} onClick={() => bulk.flag(ids, false)}>
        <FlagOff size={14} aria-hidden />
      </IconButton>
      {may('image:assign') && (
        <Menu
          align="center"
          side="top"
          trigger={
            <Button size="sm" variant="ghost" icon={<UserRound size={13} />} disabled={bulk.busy}>
              Assign
            </Button>
          }
        >
          <MenuItem onSelect={() => bulk.assign(ids, null)}>To everybody</MenuItem>
          {members.data
            ?.filter((one) => one.role !== 'viewer')
            .map((one) => (
              <MenuItem key={one.memberId} onSelect={() => bulk.assign(ids, one.memberId)}>
                {one.name}
              </MenuItem>
            ))}
        </Menu>
      )}
      <IconButton label="Clear the selection" size="sm" shortcut="Escape" onClick={onClear}>
        <X size={14} aria-hidden />
      </IconButton>
    </div>
  );
}
