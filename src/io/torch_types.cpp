// SPDX-License-Identifier: MIT
#include "io/torch_types.hpp"

#include <algorithm>
#include <array>

namespace mf {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {
    TorchType{"float32", "FloatStorage", "F32", 4, DType::f32},
    TorchType{"float", "", "F32", 4, DType::f32},
    TorchType{"float64", "DoubleStorage", "F64", 8, DType::f64},
    TorchType{"double", "", "F64", 8, DType::f64},
    TorchType{"float16", "HalfStorage", "F16", 2, DType::f16},
    TorchType{"half", "", "F16", 2, DType::f16},
    TorchType{"bfloat16", "BFloat16Storage", "BF16", 2, DType::bf16},
    TorchType{"int64", "LongStorage", "I64", 8, DType::i64},
    TorchType{"long", "", "I64", 8, DType::i64},
    TorchType{"int32", "IntStorage", "I32", 4, DType::i32},
    TorchType{"int", "", "I32", 4, DType::i32},
    TorchType{"int16", "ShortStorage", "I16", 2, std::nullopt},
    TorchType{"short", "", "I16", 2, std::nullopt},
    TorchType{"int8", "CharStorage", "I8", 1, std::nullopt},
    TorchType{"uint8", "ByteStorage", "U8", 1, DType::u8},
    TorchType{"bool", "BoolStorage", "BOOL", 1, DType::u8},
    TorchType{"uint16", "", "U16", 2, std::nullopt},
    TorchType{"uint32", "", "U32", 4, std::nullopt},
    TorchType{"uint64", "", "U64", 8, std::nullopt},
    TorchType{"complex32", "", "C32", 4, std::nullopt},
    TorchType{"complex64", "ComplexFloatStorage", "C64", 8, std::nullopt},
    TorchType{"complex128", "ComplexDoubleStorage", "C128", 16, std::nullopt},
    TorchType{"float8_e4m3fn", "", "F8_E4M3", 1, std::nullopt},
    TorchType{"float8_e5m2", "", "F8_E5M2", 1, std::nullopt},
    TorchType{"float8_e4m3fnuz", "", "F8_E4M3FNUZ", 1, std::nullopt},
    TorchType{"float8_e5m2fnuz", "", "F8_E5M2FNUZ", 1, std::nullopt},
    TorchType{"float8_e8m0fnu", "", "F8_E8M0", 1, std::nullopt},
    // Its tensors say themselves of what type they are.
    TorchType{"", "UntypedStorage", "bytes", 1, std::nullopt},
};

/// What builds tensors and containers.
constexpr std::array kBuilders = {
    "torch._utils._rebuild_tensor"sv,
    "torch._utils._rebuild_tensor_v2"sv,
    "torch._utils._rebuild_tensor_v3"sv,
    "torch._utils._rebuild_parameter"sv,
    "torch._utils._rebuild_parameter_with_state"sv,
    "torch._tensor._rebuild_from_type_v2"sv,
    "torch.nn.parameter.Parameter"sv,
    "torch.nn.parameter.Buffer"sv,
    "torch.Tensor"sv,
    "torch.Size"sv,
    "torch.device"sv,
    "torch.serialization._get_layout"sv,
    "collections.OrderedDict"sv,
    "collections.defaultdict"sv,
    "collections.Counter"sv,
    "builtins.dict"sv,
    "builtins.list"sv,
    "builtins.tuple"sv,
    "builtins.set"sv,
    "builtins.frozenset"sv,
    "builtins.int"sv,
    "builtins.float"sv,
    "builtins.str"sv,
    "builtins.bool"sv,
    "builtins.bytearray"sv,
    "builtins.complex"sv,
    "builtins.slice"sv,
    "builtins.range"sv,
    "_codecs.encode"sv,
    "numpy.core.multiarray._reconstruct"sv,
    "numpy._core.multiarray._reconstruct"sv,
    "numpy.core.multiarray.scalar"sv,
    "numpy._core.multiarray.scalar"sv,
    "numpy.core.numeric._frombuffer"sv,
    "numpy._core.numeric._frombuffer"sv,
    "numpy.ndarray"sv,
    "numpy.dtype"sv,
};

/// What training leaves beside weights; none of it is looked into.
constexpr std::array kBystanders = {
    "argparse.Namespace"sv,
    "types.SimpleNamespace"sv,
    "pathlib.PosixPath"sv,
    "pathlib.WindowsPath"sv,
    "pathlib.PurePosixPath"sv,
    "pathlib._local.PosixPath"sv,
    "datetime.datetime"sv,
    "datetime.timedelta"sv,
    "typing.Any"sv,
    "builtins.object"sv,
    "copyreg._reconstructor"sv,
    "copy_reg._reconstructor"sv,
    "omegaconf.dictconfig.DictConfig"sv,
    "omegaconf.listconfig.ListConfig"sv,
    "omegaconf.base.ContainerMetadata"sv,
    "omegaconf.base.Metadata"sv,
    "omegaconf.nodes.AnyNode"sv,
    "omegaconf.nodes.StringNode"sv,
    "omegaconf.nodes.IntegerNode"sv,
    "omegaconf.nodes.FloatNode"sv,
    "omegaconf.nodes.BooleanNode"sv,
    "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint"sv,
    "pytorch_lightning.callbacks.early_stopping.EarlyStopping"sv,
    "pytorch_lightning.utilities.parsing.AttributeDict"sv,
    "lightning.pytorch.callbacks.model_checkpoint.ModelCheckpoint"sv,
    "lightning.pytorch.utilities.parsing.AttributeDict"sv,
    "lightning_fabric.utilities.data.AttributeDict"sv,
    "lightning.fabric.utilities.data.AttributeDict"sv,
};

}  // namespace

const TorchType* torch_type(std::string_view name) {
    for (const std::string_view module : {"torch.storage."sv, "torch.cuda."sv, "torch."sv}) {
        if (!name.starts_with(module)) continue;
        const std::string_view rest = name.substr(module.size());
        const auto found = std::ranges::find_if(kTypes, [&](const TorchType& type) {
            return rest == type.storage || (module == "torch." && rest == type.name);
        });
        return rest.empty() || found == kTypes.end() ? nullptr : &*found;
    }
    return nullptr;
}

const TorchType* numpy_type(std::string_view code, bool& big) {
    big = code.starts_with('>');
    if (code.starts_with('<') || code.starts_with('>') || code.starts_with('|') || code.starts_with('='))
        code.remove_prefix(1);
    constexpr std::array<std::pair<std::string_view, std::string_view>, 12> known = {{{"f4", "float32"},
                                                                                      {"f8", "float64"},
                                                                                      {"f2", "float16"},
                                                                                      {"i8", "int64"},
                                                                                      {"i4", "int32"},
                                                                                      {"i2", "int16"},
                                                                                      {"i1", "int8"},
                                                                                      {"u1", "uint8"},
                                                                                      {"u2", "uint16"},
                                                                                      {"u4", "uint32"},
                                                                                      {"u8", "uint64"},
                                                                                      {"b1", "bool"}}};
    const auto found = std::ranges::find(known, code, [](const auto& pair) { return pair.first; });
    return found == known.end() ? nullptr : &*std::ranges::find(kTypes, found->second, &TorchType::name);
}

bool is_known_torch_name(std::string_view name) {
    return torch_type(name) != nullptr || std::ranges::find(kBuilders, name) != kBuilders.end() ||
           std::ranges::find(kBystanders, name) != kBystanders.end();
}

}  // namespace mf
