import type { learning as english } from '../../en/rooms/learning.ts';

export const learning: Record<keyof typeof english, string> = {
  'learning.builtInMissing':
    '내장 백본이 설치되어 있지 않습니다. npm install {package,을} 실행하거나 파일에서 백본을 가져오세요. 나머지는 그대로 쓸 수 있습니다.',
  'learning.builtInChanged': '{package}의 내장 백본이 확인된 파일과 다릅니다. npm ci로 다시 설치하세요.',
  'learning.embedSide': '임베딩할 수 있는 이미지는 {least}~{most} px입니다. {side} px는 안 됩니다.',
  'learning.noRuntime':
    'onnxruntime이 시작되지 않아 이미지를 임베딩할 수 없습니다. npm install onnxruntime-node를 실행하세요.',
  'learning.noBackboneOf': '백본으로 쓸 수 없는 {what}입니다: {why}. {instead}',
  'learning.what.file': '파일',
  'learning.what.onnx': 'ONNX 파일',
  'learning.what.layers': 'TensorFlow.js layers 모델',
  'learning.what.graph': 'TensorFlow.js graph 모델',
  'learning.what.tflite': 'TensorFlow Lite 파일',
  'learning.instead.file':
    'ONNX 파일, TensorFlow Lite 파일, 또는 TensorFlow.js 모델의 zip(model.json과 가중치 파일)을 고르세요.',
  'learning.instead.onnx':
    'Conv, BatchNormalization, Relu, Clip, Add, 풀링으로 된 float32나 float16 합성곱 신경망을 한 파일로 고르세요.',
  'learning.instead.layers': '합성곱, 배치 정규화, relu, 풀링, 덧셈으로 된 모델을 고르세요.',
  'learning.instead.graph': '합성곱, 배치 정규화, relu, 풀링, 덧셈으로 된 모델을 고르거나 ONNX로 내보내세요.',
  'learning.instead.tflite': '.tflite 형식의 float32나 float16 합성곱 신경망을 고르세요.',
  'learning.noEngine': '학습 엔진을 시작하지 못했습니다({reasons}). npm install로 패키지를 다시 설치하세요.',
  'learning.threadEngine': '학습 스레드에서 {engine} 엔진이 시작되지 않았습니다. 트레이너를 다시 시작하세요.',
  'learning.outOfMemory':
    '학습 중 메모리가 부족했습니다. 다른 프로그램을 닫거나 PUPIL_THREADS를 줄인 뒤 실행을 다시 시작하세요. 또는 배치, 이미지 크기, 모델을 줄여 새 실행을 시작하세요.',
  'learning.outOfMemoryAt':
    '학습 중 메모리가 부족했습니다({what}). 다른 프로그램을 닫거나 PUPIL_THREADS를 줄인 뒤 실행을 다시 시작하세요. 또는 배치, 이미지 크기, 모델을 줄여 새 실행을 시작하세요.',
  'learning.memoryMore': '{mib} MiB가 더 필요했습니다',
  'learning.memoryKilled': '시스템이 프로세스를 끝냈습니다',
  'learning.gpuMemory': '이 모델과 배치에는 그래픽 프로세서의 메모리가 부족합니다. 더 작은 모델이나 배치를 고르세요.',
  'learning.notNumber': '모델에 숫자가 아닌 값이 있어 내보낼 수 없습니다. 다른 라운드를 고르세요.',
  'learning.layersDiffer': '백본의 층들이 서로 다른 이미지에 대한 것입니다. 임베딩을 다시 계산하세요.',
  'learning.otherBackbone': '다른 백본의 임베딩입니다. 다시 계산하세요.',
  'learning.imageSide': '모델 {name,은} 16~512 px 이미지를 받습니다. {size} px는 안 되니 실행의 입력 크기를 바꾸세요.',
  'learning.twoClasses': '모델에는 클래스가 둘 이상 필요합니다. 먼저 두 번째 클래스의 이미지를 라벨링하세요.',
  'learning.sideMisfit':
    '백본 "{name}" 모델은 {own}×{own} 이미지용이라 이 실행의 {size}×{size} 이미지를 볼 수 없습니다: {why}. 이미지 크기를 {fits,으로} 정해 새 실행을 시작하세요.',
  'learning.sideOnly': '{own} px',
  'learning.sideFrom': '{own} px 또는 {least} px 이상',
  'learning.sideRange': '{least}~{most} px 이미지를 쓸 수 있습니다',
  'learning.sideFlatten': '층 {layer}에는 정해진 크기만 들어갑니다',
  'learning.sideNothing': '층 {layer}에서 이미지가 남지 않습니다',
  'learning.sideInputs': '층 {layer}의 두 입력은 크기가 다릅니다',
  'learning.storedModel': '저장된 모델을 읽을 수 없습니다: {why}. 백업에서 복원하거나 새 실행을 시작하세요.',
  'learning.storedBegin': '모델 파일의 시작이 아닙니다',
  'learning.storedCut': '파일이 잘렸습니다',
  'learning.weights':
    '모델 {name}에 쓸 수 없는 가중치입니다: {why}. 다른 체크포인트를 고르거나 이 라운드를 다시 학습하세요.',
  'learning.checkpoint': '저장된 체크포인트가 손상되었거나 다른 모델의 것입니다. 이 라운드를 다시 학습하세요.',
  'learning.diverged':
    '학습이 {step}단계에서 발산했습니다. 손실이 숫자가 아닙니다. 학습률을 낮춰 실행을 다시 시작하세요.',
  'learning.noFormat': '"{name}" 모델 형식은 없습니다. 다른 것을 고르세요.',
  'learning.storedImage':
    '이미지 {id}의 저장된 파일을 읽을 수 없습니다. 이미지를 다시 가져온 뒤 실행을 다시 시작하세요.',
  'learning.finishedWeights':
    '라운드의 완성된 가중치({key})가 손상되었거나 없습니다. 백업에서 파일을 복원해 실행을 다시 시작하거나 새 실행을 시작하세요.',
  'learning.noFinished': '이 라운드에는 아직 완성된 가중치가 없습니다.',
  'learning.chooseBackbone': '이 라운드는 사전 학습된 가중치에서 시작합니다. 백본을 골라 새 실행을 시작하세요.',
  'learning.backboneDamaged': '저장된 백본 "{name}" 파일이 손상되었습니다. 다시 가져오세요.',
  'learning.backboneIncomplete': '저장된 백본 "{name}" 파일이 완전하지 않습니다. 다시 가져오세요.',
  'learning.loopBackbone': '백본 {path,이} 없습니다. "built-in", 모델 파일, 폴더 가운데 하나를 지정하세요.',
  'learning.loopPath': '{path} 파일이나 폴더가 없습니다.',
  'learning.loopData':
    '라벨이 있는 데이터 세트가 필요합니다. 클래스마다 폴더 하나, 클래스는 둘 이상이어야 하고, 나뉘어 있으면 그 위에 train/과 test/를 둡니다.',
};
