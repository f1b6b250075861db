'use client';
import { Maximize, SunMedium, ZoomIn, ZoomOut } from 'lucide-react';
import { memo } from 'react';
import { useText } from '../../_text/text.tsx';
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
  const { t, format } = useText();
  const changed = light.brightness !== 1 || light.contrast !== 1 || light.pixels;
  return (
    <div className="flex items-center">
      <IconButton
        label={t('hand.zoomOut')}
        shortcut="-"
        size="sm"
        disabled={view.zoom === 1}
        onClick={() => onView(zoomBy(view, 1 / 1.5))}
      >
        <ZoomOut size={15} aria-hidden />
      </IconButton>
      <IconButton label={t('hand.zoomIn')} shortcut="+" size="sm" onClick={() => onView(zoomBy(view, 1.5))}>
        <ZoomIn size={15} aria-hidden />
      </IconButton>
      <IconButton label={t('hand.fit')} size="sm" disabled={view.zoom === 1} onClick={() => onView(FIT)}>
        <Maximize size={15} aria-hidden />
      </IconButton>
      <Popover
        label={t('hand.light')}
        align="end"
        className="w-64"
        trigger={
          <button
            type="button"
            aria-label={t('hand.lightOpen')}
            className="inline-flex size-7 items-center justify-center rounded-md text-muted hover:bg-hover
            hover:text-ink max-sm:size-9"
          >
            <SunMedium size={15} aria-hidden className={changed ? 'text-accent-text' : ''} />
          </button>
        }
      >
        <div className="space-y-3 text-sm">
          <div>
            <span className="text-xs text-muted">
              {t('hand.brightnessNow', { share: format.percent(light.brightness, 0) })}
            </span>
            <Slider
              label={t('hand.brightness')}
              value={light.brightness}
              onChange={(brightness) => onLight({ ...light, brightness })}
              min={0.3}
              max={2.5}
              step={0.05}
              valueText={t('hand.percent', { count: Math.round(light.brightness * 100) })}
            />
          </div>
          <div>
            <span className="text-xs text-muted">
              {t('hand.contrastNow', { share: format.percent(light.contrast, 0) })}
            </span>
            <Slider
              label={t('hand.contrast')}
              value={light.contrast}
              onChange={(contrast) => onLight({ ...light, contrast })}
              min={0.3}
              max={3}
              step={0.05}
              valueText={t('hand.percent', { count: Math.round(light.contrast * 100) })}
            />
          </div>
          <Checkbox
            checked={light.pixels}
            onChange={(pixels) => onLight({ ...light, pixels })}
            label={t('hand.pixels')}
            hint={t('hand.pixelsHint')}
          />
          <Button size="sm" disabled={!changed} onClick={() => onLight(PLAIN_LIGHT)}>
            {t('hand.asItIs')}
          </Button>
        </div>
      </Popover>
    </div>
  );
});
