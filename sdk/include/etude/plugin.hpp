// Everything a plugin needs to make itself known.
//
// Stance: a plugin is built with the same toolchain, against the same LibTorch, and again for each SDK version. C++ objects cross
// the boundary; before any of them does, the host compares the plain C struct below with its own and refuses what differs.
#pragma once

#include <torch/version.h>

#include <etude/dataset.hpp>
#include <etude/metric.hpp>
#include <etude/options.hpp>
#include <etude/tokenizer.hpp>
#include <functional>
#include <memory>
#include <variant>

namespace etude {

class Architecture;
struct ModelContext;

enum class Kind { tokenizer, architecture, dataset, metric };

/// "tokenizer", "architecture", "dataset" or "metric".
ETUDE_API const char* name(Kind kind);

using TokenizerFactory = std::function<std::shared_ptr<Tokenizer>(const Table& options)>;
using ArchitectureFactory = std::function<std::shared_ptr<Architecture>(const Table& options, const ModelContext& context)>;
using DatasetFactory = std::function<std::shared_ptr<Dataset>(const Table& options, const DatasetContext& context)>;
using MetricFactory = std::function<std::shared_ptr<Metric>(const Table& options)>;
/// Options of a model with about `parameters` parameters in total; the other values are kept as they are in `options`.
using OptionsForSize = std::function<Table(const Table& options, const ModelContext& context, double parameters)>;

/// One thing that a plugin offers.
struct ETUDE_API Part {
  Kind kind;
  std::string id;
  std::string description;
  OptionTable options;
  std::variant<TokenizerFactory, ArchitectureFactory, DatasetFactory, MetricFactory> make;
  OptionsForSize sized{};  ///< of an architecture that can choose its shape by size; else empty
};

/// Collects the parts of one plugin while it registers.
class ETUDE_API Registry {
 public:
  /// Offers `Type`, derived from Tokenizer, Architecture, Dataset or Metric, under `id` (lower case letters, digits, '_').
  /// Type::Options is its options struct; without one it has none. An architecture may offer
  ///   static Options sized(const Options& wanted, const ModelContext& context, double parameters);
  /// which returns `wanted` with the shape changed to a sensible one of about `parameters` parameters in total (within a tenth),
  /// or throws an Error that says which sizes are near. Experiments then ask for sizes in place of shapes.
  /// @throws Error if the id is malformed or stands already for the same kind in this plugin
  template <class Type>
  void add(std::string id, std::string description);

  const std::vector<Part>& parts() const { return parts_; }

 private:
  void add(Part part);
  std::vector<Part> parts_;
};

namespace detail {

template <class Type>
struct OptionsOf {
  using type = NoOptions;
};
template <class Type>
requires requires { typename Type::Options; }
struct OptionsOf<Type> {
  using type = typename Type::Options;
};

template <class Type>
concept HasSized = requires {
  &Type::sized;
};

/// The host has checked the values; what is wrong all the same is an error here.
template <class Type>
auto options_from(const Table& values, const char* kind, const std::string& id) {
  std::vector<Problem> problems;
  auto options = parse_options<typename OptionsOf<Type>::type>(values, kind, id, problems);
  throw_problems(problems);
  return options;
}

/// Type::sized() behind values, or nothing where Type has no such function.
template <class Type>
OptionsForSize options_for_size([[maybe_unused]] const std::string& id) {
  if constexpr (HasSized<Type>) {
    using Options = typename OptionsOf<Type>::type;
    static_assert(std::is_same_v<decltype(&Type::sized), Options (*)(const Options&, const ModelContext&, double)>,
                  "write it as: static Options sized(const Options& wanted, const ModelContext& context, double parameters)");
    return [id](const Table& values, const ModelContext& context, double parameters) {
      return to_table(Type::sized(options_from<Type>(values, "architecture", id), context, parameters));
    };
  } else {
    return {};
  }
}

}  // namespace detail

template <class Type>
void Registry::add(std::string id, std::string description) {
  const OptionTable options = detail::OptionsOf<Type>::type::fields();
  if constexpr (std::is_base_of_v<Tokenizer, Type>) {
    add(Part{Kind::tokenizer, id, std::move(description), options, TokenizerFactory([id](const Table& values) {
               return std::make_shared<Type>(detail::options_from<Type>(values, "tokenizer", id));
             })});
  } else if constexpr (std::is_base_of_v<Architecture, Type>) {
    add(Part{Kind::architecture, id, std::move(description), options,
             ArchitectureFactory([id](const Table& values, const ModelContext& context) {
               return std::make_shared<Type>(detail::options_from<Type>(values, "architecture", id), context);
             }),
             detail::options_for_size<Type>(id)});
  } else if constexpr (std::is_base_of_v<Dataset, Type>) {
    add(Part{Kind::dataset, id, std::move(description), options,
             DatasetFactory([id](const Table& values, const DatasetContext& context) {
               return std::make_shared<Type>(detail::options_from<Type>(values, "dataset", id), context);
             })});
  } else {
    static_assert(std::is_base_of_v<Metric, Type>, "a part derives from Tokenizer, Architecture, Dataset or Metric");
    add(Part{Kind::metric, id, std::move(description), options, MetricFactory([id](const Table& values) {
               return std::make_shared<Type>(detail::options_from<Type>(values, "metric", id));
             })});
  }
}

}  // namespace etude

extern "C" {

/// The handshake: plain C, compared field by field before any C++ call. Append only; `size` comes first.
struct EtudePluginEntry {
  std::uint32_t size;
  std::uint32_t api_major;
  std::uint32_t api_minor;
  std::uint32_t cxx11_abi;          ///< _GLIBCXX_USE_CXX11_ABI
  std::uint32_t address_sanitizer;  ///< 1 if built with -fsanitize=address
  std::uint32_t debug_containers;   ///< 1 if built with _GLIBCXX_DEBUG
  const char* sdk_version;
  const char* libtorch_version;
  const char* compiler;          ///< "gcc 12" or "clang 16"
  const char* standard_library;  ///< "libstdc++ 12"
  const char* plugin_id;         ///< "my_lab.gru"
  const char* plugin_version;
  void (*register_parts)(void* registry);  ///< an etude::Registry
};

}  // extern "C"

namespace etude {

#define ETUDE_STRINGIFY_VALUE(x) #x
#define ETUDE_STRINGIFY(x) ETUDE_STRINGIFY_VALUE(x)
#define ETUDE_JOIN_VALUE(a, b) a##b
#define ETUDE_JOIN(a, b) ETUDE_JOIN_VALUE(a, b)
/// etude_plugin_v1
#define ETUDE_ENTRY_SYMBOL ETUDE_JOIN(etude_plugin_v, ETUDE_API_MAJOR)

/// The handshake of whatever this is compiled into. Static, so that each library has its own.
static constexpr EtudePluginEntry entry_of_this_build(const char* id, const char* version, void (*register_parts)(void*)) {
  EtudePluginEntry entry{};
  entry.size = sizeof(EtudePluginEntry);
  entry.api_major = ETUDE_API_MAJOR;
  entry.api_minor = ETUDE_API_MINOR;
  entry.cxx11_abi = _GLIBCXX_USE_CXX11_ABI;
#ifdef __SANITIZE_ADDRESS__
  entry.address_sanitizer = 1;
#endif
#ifdef _GLIBCXX_DEBUG
  entry.debug_containers = 1;
#endif
  entry.sdk_version = ETUDE_SDK_VERSION;
  entry.libtorch_version = TORCH_VERSION;
#ifdef __clang__
  entry.compiler = "clang " ETUDE_STRINGIFY(__clang_major__);
#else
  entry.compiler = "gcc " ETUDE_STRINGIFY(__GNUC__);
#endif
  entry.standard_library = "libstdc++ " ETUDE_STRINGIFY(_GLIBCXX_RELEASE);
  entry.plugin_id = id;
  entry.plugin_version = version;
  entry.register_parts = register_parts;
  return entry;
}

}  // namespace etude

/// Defines the plugin: ETUDE_PLUGIN("my_lab.gru", "1.0.0", registry) { registry.add<Gru>("gru", "Gated recurrent units"); }
/// A macro because the entry must be one exported C symbol in each library.
#define ETUDE_PLUGIN(id, version, registry)                                                             \
  static void etude_register_parts(etude::Registry& registry);                                          \
  extern "C" {                                                                                          \
  extern ETUDE_API const EtudePluginEntry ETUDE_ENTRY_SYMBOL;                                           \
  constinit const EtudePluginEntry ETUDE_ENTRY_SYMBOL = etude::entry_of_this_build(                     \
      id, version, [](void* opaque) { etude_register_parts(*static_cast<etude::Registry*>(opaque)); }); \
  }                                                                                                     \
  static void etude_register_parts(etude::Registry& registry)
