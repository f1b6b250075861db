import type { why as english } from '../../en/rooms/why.ts';

export const why: Record<keyof typeof english, string> = {
  'why.noBackbone': '설치된 백본이 없어 신경망이 처음부터 학습합니다.',
  'why.smallGray': '작은 흑백 이미지는 사진 백본보다 처음부터 학습하는 편이 대체로 낫습니다.',
  'why.measured': '{name,은} 보지 않은 라벨의 {accuracy,을} 맞힙니다.',
  'why.unmeasured': '{name,은} 이미 사진을 알지만, 라벨이 아직 적어 여기에 얼마나 맞는지 잴 수 없습니다.',
  'why.triedTogether': '두 방법을 여기 라벨로 시험했습니다: {name} {known}, 처음부터 {scratch}, 평균하면 {together}.',
  'why.teachTogether': '서로 다르게 틀리므로 함께 가르칩니다.',
  'why.triedScratch':
    '두 방법을 여기 라벨로 시험했습니다: {name} {known}, 처음부터 {scratch}. 처음부터 학습한 신경망이 가르칩니다.',
  'why.triedBackbone': '두 방법을 여기 라벨로 시험했습니다: {name} {known}, 처음부터 {scratch}. 백본이 가르칩니다.',
  'why.averaged': '백본 {count}개가 비슷하게 좋아서 답을 평균합니다.',
  'why.surpass':
    '처음부터 학습하는 학생 모델 둘이 이미지 {count}장에 대한 그 답을 배웁니다. 이렇게 작은 이미지에서는 학생이 교사를 넘어섭니다.',
  'why.alone': '처음부터 학습하는 학생 모델은 백본이 사진에 대해 아는 것을 잃으므로 백본만 씁니다.',
  'why.fewUnlabeled': '라벨 없는 이미지가 {count}장이라 학생 모델이 배울 것이 적습니다.',
  'why.goodAlready': '이미 잘 맞히므로 처음부터 학습하는 학생 모델은 고치는 것보다 틀리는 것이 많습니다.',
  'why.threeTeachers': '작은 신경망 셋을 평균해 교사 모델로 씁니다.',
  'why.threeStudents': '같거나 더 큰 학생 모델 셋이 라벨 없는 이미지 {count}장에서 배웁니다.',
  'why.twoClasses': '실행에는 클래스가 둘 이상 필요합니다. 프로젝트 설정 페이지에서 클래스를 추가하세요.',
  'why.noLabels': '풀에 라벨링한 이미지가 아직 없습니다. 클래스마다 열 장 이상 라벨링한 뒤 실행을 시작하세요.',
  'why.oneClass': '한 클래스에만 라벨이 있습니다. 두 클래스 이상 라벨링한 뒤 실행을 시작하세요.',
  'why.noValidation': '검증용으로 떼어 둔 이미지가 없어 라운드를 판정할 수 없습니다. 몇 장을 떼어 두고 라벨링하세요.',
  'why.unansweredValidation':
    '답이 있는 검증 이미지가 없어 라운드를 판정할 수 없습니다. 먼저 검증 이미지를 라벨링하세요.',
  'why.distillInto': '증류에는 증류할 대상 모델이 필요합니다. 내보낼 모델을 고르세요.',
  'why.addStudent': '학생 라운드를 하나 이상 추가하세요.',
  'why.noPseudo': '학생 모델은 수도 라벨에서 배웁니다. 배치마다 하나 이상으로 정하세요.',
  'why.warmup': '워밍업은 학습보다 먼저 끝나야 합니다.',
  'why.beginsTeacher': '맨 앞에는 교사 모델이 있어야 합니다. 하나 추가하세요.',
  'why.order': '교사 모델이 먼저, 그다음 학생 모델, 마지막이 증류 모델입니다.',
  'why.oneDistilled': '증류는 마지막에 모델 하나만 합니다. 하나만 남기세요.',
  'why.chooseBackbone':
    '이 라운드는 사전 학습된 가중치에서 시작합니다. 백본을 고르거나 처음부터 학습하는 신경망을 쓰세요.',
  'why.distilledScratch': '증류 모델은 처음부터 학습하는 신경망이어야 합니다. 그런 모델을 고르세요.',
  'why.studentOnBackbone': '백본 위의 학생 모델은 노이즈 헤드이거나 미세 조정한 백본입니다. 둘 중 하나를 고르세요.',
  'why.headLearns': '노이즈 헤드는 교사 모델에서 배웁니다. 고정하거나 미세 조정한 백본으로 시작하세요.',
  'why.chooseSize': '처음부터 학습하는 신경망은 크기를 정해야 합니다. 모델을 고르세요.',
  'why.onlyTeachers': '여러 번 학습하는 것은 교사 모델뿐입니다. 나머지는 한 번으로 정하세요.',
  'why.smallerThanTeacher':
    '{index}번째 학생 모델({model})이 교사 모델보다 작습니다. 학생 모델은 같거나 더 커야 합니다.',
  'why.smallerThanBefore':
    '{index}번째 학생 모델({model})이 앞의 모델보다 작습니다. 학생 모델은 같거나 더 커야 합니다.',
  'why.variedOnce': '설정마다 한 번만 바꿔 볼 수 있습니다.',
  'why.variedNowhere': '바꿔 보는 설정 가운데 이 라운드에 쓰이지 않는 것이 있습니다. 빼세요.',
  'why.valuesOnce': '값은 한 번씩만 적으세요.',
  'why.tooManyRuns': '실행이 {count}개입니다. 한 번에 {most}개까지 시작할 수 있으니 값을 줄이세요.',
  'why.twoValues': '설정의 값을 둘 이상 적으세요.',
};
