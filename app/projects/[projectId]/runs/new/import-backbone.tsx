'use client';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Upload } from 'lucide-react';
import { useRef } from 'react';
import { useTRPC } from '../../../../_lib/api.ts';
import { Button } from '../../../../_ui/form/button.tsx';

/** Uploads pre-trained weights: a zip of a TensorFlow.js layers model. */
export function ImportBackbone({
  projectId,
  onImported,
}: {
  projectId: string;
  onImported: (backboneId: string) => void;
}) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const send = useMutation({
    mutationFn: async (file: File): Promise<string> => {
      const query = new URLSearchParams({
        name: file.name.replace(/\.zip$/i, '').slice(0, 100) || 'backbone',
        scale: 'symmetric',
      });
      const answer = await fetch(`/api/projects/${projectId}/backbones?${query}`, { method: 'PUT', body: file });
      const said = (await answer.json()) as { backboneId?: string; message?: string };
      if (!said.backboneId) throw new Error(said.message ?? 'The server could not take it.');
      return said.backboneId;
    },
    onSuccess: async (backboneId) => {
      await client.invalidateQueries({ queryKey: trpc.run.backbones.queryKey({ projectId }) });
      onImported(backboneId);
    },
  });
  return (
    <div className="mt-2 space-y-1">
      <input
        ref={input}
        type="file"
        accept=".zip,application/zip"
        hidden
        aria-label="Backbone as zip"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) send.mutate(file);
          event.target.value = '';
        }}
      />
      <Button
        size="sm"
        busy={send.isPending}
        icon={<Upload size={14} aria-hidden />}
        onClick={() => input.current?.click()}
      >
        {send.isPending ? 'Importing…' : 'Import a backbone'}
      </Button>
      <p className="text-xs text-muted">
        A zip with model.json and its weight files; pixels scaled to [−1, 1], as MobileNet takes them.
      </p>
      {send.error && (
        <p role="alert" className="text-sm text-bad">
          {send.error.message}
        </p>
      )}
    </div>
  );
}
