import type { account as english } from '../en/account.ts';

export const account: Record<keyof typeof english, string> = {
  'account.signedInAs': '{email} 계정으로 로그인되어 있습니다.',
  'account.name': '이름',
  'account.nameChanged': '이름을 바꿨습니다',
  'account.calledBy': '동료에게 보이는 이름',
  'account.passwordChanged': '비밀번호를 바꿨습니다',
  'account.passwordChangedWhy': '이 브라우저에서만 로그인이 유지됩니다.',
  'account.passwordWhy': '로그인해 둔 다른 기기에서는 다시 로그인해야 합니다.',
  'account.passwordTokens':
    '로그인해 둔 다른 기기에서는 다시 로그인해야 합니다. API 토큰은 계속 유효하며, 만든 곳에서 폐기할 수 있습니다.',
  'account.currentPassword': '현재 비밀번호',
  'account.changePassword': '비밀번호 변경',
  'account.bell': '어느 페이지에 있든 종 아이콘이 알려 줍니다.',
  'account.tellWhen': '알림을 받을 때',
  'account.browserTells': '다른 곳을 보고 있을 때도 이 브라우저가 알려 줍니다.',
  'account.browserDenied': '이 브라우저에서는 알림이 차단되어 있습니다. 브라우저 설정에서 바꿀 수 있습니다.',
  'account.browserPlain': '브라우저 알림은 https에서만 쓸 수 있습니다. 종 아이콘 알림은 여기서도 됩니다.',
  'account.browserCan': '다른 곳을 보고 있을 때도 이 브라우저가 알려 줄 수 있습니다.',
  'account.allow': '허용',
};
