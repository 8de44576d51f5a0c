// SPDX-License-Identifier: MIT
// The words of the kernels, in OpenCL C. prelude_cuda.cl has the same in CUDA C++.
#pragma OPENCL FP_CONTRACT OFF  // products that shall be fused say so
#define KERNEL kernel void
#define HELPER static inline
#define GLOBAL global           // pointers to the memory of the device
#define SHARED local            // variables of a group
#define SHARED_POINTER local    // pointers to them
#define BARRIER barrier(CLK_LOCAL_MEM_FENCE)
#define ITEM(d) ((int)get_local_id(d))
#define GROUP(d) ((long)get_group_id(d))
#define GROUPS(d) ((long)get_num_groups(d))
#define UNROLL _Pragma("unroll")
#define TIMES(a, b) ((a) * (b))  // rounded: never part of a fused operation
#define PLUS(a, b) ((a) + (b))
#define SIN_PI(x) sinpi(x)
#define COS_PI(x) cospi(x)
