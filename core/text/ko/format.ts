import type { format as english } from '../en/format.ts';

export const format: Record<keyof typeof english, string> = {
  'format.milliseconds': '{count}ms',
  'format.seconds': '{count}초',
  'format.minutes': '{count}분',
  'format.hours': '{count}시간',
  'format.days': '{count}일',
  'format.perSecond': '/초',
  'format.perMinute': '/분',
  'format.underMinute': '1분 미만',
  'format.about': '약 {duration}',
  'format.justNow': '방금',
};
