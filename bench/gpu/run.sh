#!/bin/sh
# Unpacks itself beside this file on the first start and measures; see README.txt. Needs a driver, and xz or python3.
set -e
here=$(cd "$(dirname "$0")" && pwd)
home=${PUPIL_GPU_HOME:-$here/unpacked}
if [ ! -f "$home/ready" ]; then
  mkdir -p "$home"
  if command -v xz >/dev/null 2>&1; then
    xz -dc "$here/pupil-gpu.tar.xz" | tar -x -C "$home" -f -
  elif command -v python3 >/dev/null 2>&1; then
    python3 -c 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])' "$here/pupil-gpu.tar.xz" "$home"
  else
    echo "Unpacking needs xz or python3, and neither is here." >&2
    exit 1
  fi
  touch "$home/ready"
fi
# The system's own Vulkan loader comes first; ours serves where it has none.
if [ -d "$home/lib" ] && ! ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1'; then
  export LD_LIBRARY_PATH="$home/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
fi
exec "$home/node" --disable-warning=ExperimentalWarning "$home/dist/measure.mjs" "$@"
