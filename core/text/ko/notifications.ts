import type { notifications as english } from '../en/notifications.ts';

export const notifications: Record<keyof typeof english, string> = {
  'notifications.description': '그동안 있었던 일과 동료가 나를 언급한 곳입니다. 받을 알림은 계정에서 정합니다.',
  'notifications.runsAndReviews': '실행과 검토',
  'notifications.mentions': '언급',
  'notifications.markRead': '읽음으로 표시',
  'notifications.markAllRead': '모두 읽음으로 표시',
  'notifications.unread': '읽지 않음',
  'notifications.none': '아직 나를 언급한 사람이 없습니다',
  'notifications.noneWhy': '동료가 이미지 댓글에 @{name,이라}고 쓰면 여기에 나타납니다.',
  'notifications.older': '이전 알림',
};
