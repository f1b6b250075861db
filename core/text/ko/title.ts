import type { title as english } from '../en/title.ts';

export const title: Record<keyof typeof english, string> = {
  'title.signIn': '로그인',
  'title.forgot': '비밀번호 찾기',
  'title.invitation': '초대',
  'title.newPassword': '새 비밀번호',
  'title.projects': '프로젝트 · Pupil',
  'title.notifications': '알림',
  'title.account': '계정',
  'title.overview': '개요',
  'title.label': '라벨링',
  'title.review': '검토',
  'title.grid': '그리드',
};
