'use client';
import { Maximize, SunMedium, ZoomIn, ZoomOut } from 'lucide-react';
import { memo } from 'react';
import { Button, IconButton } from '../../_ui/form/button.tsx';
import { Popover } from '../../_ui/menu.tsx';
import { Checkbox, Slider } from '../../_ui/form/toggles.tsx';
import { PLAIN_LIGHT } from './stage.tsx';
import type { Light } from './stage.tsx';
import { FIT, zoomBy } from './view.ts';
import type { View } from './view.ts';

/** Zoom, and the light the image is seen in. Neither changes the image. */
export const ViewTools = memo(function ViewTools({
  view,
  onView,
  light,
  onLight,
}: {
  view: View;
  onView: (view: View) => void;
  light: Light;
  onLight: (light: Light) => void;
}) {
  const changed = light.brightness !== 1 || light.contrast !== 1 || light.pixels;
  return (
    <div className="flex items-center">
      <IconButton
        label="Zoom out"
        shortcut="-"
        size="sm"
        disabled={view.zoom === 1}
        onClick={() => onView(zoomBy(view, 1 / 1.5))}
      >
        <ZoomOut size={15} aria-hidden />
      </IconButton>
      <IconButton label="Zoom in" shortcut="+" size="sm" onClick={() => onView(zoomBy(view, 1.5))}>
        <ZoomIn size={15} aria-hidden />
      </IconButton>
      <IconButton label="Fit" size="sm" disabled={view.zoom === 1} onClick={() => onView(FIT)}>
        <Maximize size={15} aria-hidden />
      </IconButton>
      <Popover
        label="Light"
        align="end"
        className="w-64"
        trigger={
          <button
            type="button"
            aria-label="Brightness and contrast"
            className="inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover
            hover:text-ink max-sm:size-9"
          >
            <SunMedium size={15} aria-hidden className={changed ? 'text-accent-text' : ''} />
          </button>
        }
      >
        <div className="space-y-3 text-sm">
          <div>
            <span className="text-xs text-muted">Brightness {Math.round(light.brightness * 100)}%</span>
            <Slider
              label="Brightness"
              value={light.brightness}
              onChange={(brightness) => onLight({ ...light, brightness })}
              min={0.3}
              max={2.5}
              step={0.05}
              valueText={`${Math.round(light.brightness * 100)} percent`}
            />
          </div>
          <div>
            <span className="text-xs text-muted">Contrast {Math.round(light.contrast * 100)}%</span>
            <Slider
              label="Contrast"
              value={light.contrast}
              onChange={(contrast) => onLight({ ...light, contrast })}
              min={0.3}
              max={3}
              step={0.05}
              valueText={`${Math.round(light.contrast * 100)} percent`}
            />
          </div>
          <Checkbox
            checked={light.pixels}
            onChange={(pixels) => onLight({ ...light, pixels })}
            label="Show pixels"
            hint="Do not smooth small images."
          />
          <Button size="sm" disabled={!changed} onClick={() => onLight(PLAIN_LIGHT)}>
            As it is
          </Button>
        </div>
      </Popover>
    </div>
  );
});
