// SPDX-License-Identifier: MIT
// The words of the kernels, in CUDA C++. prelude_opencl.cl has the same in OpenCL C.
#define KERNEL extern "C" __global__ void
#define HELPER static __device__ inline
#define GLOBAL                  // pointers to the memory of the device
#define SHARED __shared__       // variables of a group
#define SHARED_POINTER          // pointers to them
#define BARRIER __syncthreads()
#define ITEM(d) ((int)(d == 0 ? threadIdx.x : d == 1 ? threadIdx.y : threadIdx.z))
// FIRST and SECOND are x and y or, where there are many of the second, y and x.
#define GROUP(d) ((long)(d == 0 ? blockIdx.FIRST : d == 1 ? blockIdx.SECOND : blockIdx.z))
#define GROUPS(d) ((long)(d == 0 ? gridDim.FIRST : d == 1 ? gridDim.SECOND : gridDim.z))
#define UNROLL _Pragma("unroll")
#define INFINITY __int_as_float(0x7F800000)
#define NAN __int_as_float(0x7FC00000)
#define TIMES(a, b) __fmul_rn(a, b)  // rounded: never part of a fused operation
#define PLUS(a, b) __fadd_rn(a, b)
#define SIN_PI(x) sinpif(x)
#define COS_PI(x) cospif(x)
typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned long ulong;
HELPER uint as_uint(float x) { return __float_as_uint(x); }
HELPER float as_float(uint x) { return __uint_as_float(x); }
