// Experiments for tests: files in a folder of their own, and parts without any plugin.
#pragma once

#include <stdlib.h>

#include <config/experiment.hpp>
#include <filesystem>
#include <fstream>
#include <host/catalogue.hpp>

namespace etude::testing {

/// A new folder that goes with it.
class ExperimentFolder {
 public:
  ExperimentFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "etude-experiment-XXXXXX").string();
    path_ = std::filesystem::canonical(mkdtemp(name.data()));
  }
  ~ExperimentFolder() { std::filesystem::remove_all(path_); }
  ExperimentFolder(const ExperimentFolder&) = delete;

  std::filesystem::path write(const std::string& name, const std::string& content) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << content;
    return file;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct TestGptOptions {
  std::int64_t n_layer = 4;
  double dropout = 0.1;
  bool fast = false;
  static auto fields() {
    return etude::fields(field(&TestGptOptions::n_layer, "n_layer", "Blocks", at_least(1)),
                         field(&TestGptOptions::dropout, "dropout", "Share of activations", from_below(0, 1)),
                         field(&TestGptOptions::fast, "fast", "Another order of the same sums", no_effect_on_result));
  }
};
struct TestLstmOptions {
  std::int64_t hidden_size = 256;
  static auto fields() { return etude::fields(field(&TestLstmOptions::hidden_size, "hidden_size", "Width", at_least(1))); }
};
struct TestTextOptions {
  std::filesystem::path path;
  std::int64_t jobs = 1;
  static auto fields() {
    return etude::fields(field(&TestTextOptions::path, "path", "A file of text", required),
                         field(&TestTextOptions::jobs, "jobs", "How many at once", at_least(1), no_effect_on_result));
  }
};
struct TestCharOptions {
  std::int64_t vocab_size = 64;
  static auto fields() { return etude::fields(field(&TestCharOptions::vocab_size, "vocab_size", "Ids", at_least(2))); }
};

/// Datasets text; tokenizers char; architectures gpt and lstm; metrics perplexity and music. None can be made, only described.
inline Catalogue test_catalogue() {
  PluginFile plugin;
  plugin.file = "libtest.so";
  plugin.id = "etude.test";
  plugin.version = "1.0.0";
  plugin.parts = {{Kind::dataset, "text", "Text", TestTextOptions::fields(), DatasetFactory{}},
                  {Kind::tokenizer, "char", "Characters", TestCharOptions::fields(), TokenizerFactory{}},
                  {Kind::architecture, "gpt", "A Transformer", TestGptOptions::fields(), ArchitectureFactory{}},
                  {Kind::architecture, "lstm", "A recurrent network", TestLstmOptions::fields(), ArchitectureFactory{}},
                  {Kind::metric, "perplexity", "Perplexity", NoOptions::fields(), MetricFactory{}},
                  {Kind::metric, "music", "Music", NoOptions::fields(), MetricFactory{}}};
  return Catalogue({plugin});
}

/// The smallest whole experiment, to which tests add.
inline const std::string small_experiment = R"(
[dataset]
plugin = "text"
path = "songs.txt"
[tokenizer]
plugin = "char"
[architecture]
plugin = "gpt"
[training]
steps = 10
)";

/// What `call` throws; fails the test through an empty message if it does not.
template <class Call>
Error error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return Error("");
}

}  // namespace etude::testing
