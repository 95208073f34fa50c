// Writing texts: a model with random weights draws as many as are asked for; tools/bench/generation compares it with PyTorch.
#include <sys/resource.h>
#include <torch/torch.h>

#include <architecture_gpt/gpt.hpp>
#include <architecture_lstm/lstm.hpp>
#include <chrono>
#include <etude/safetensors.hpp>
#include <generate/generate.hpp>
#include <iostream>
#include <map>

namespace {

using namespace etude;

constexpr std::int64_t kVocabulary = 64, kContext = 256;

/// Every id is a character, and none ends a text.
class Characters final : public Tokenizer {
 public:
  void learn(DocumentSource&, int) override {}
  void encode(std::string_view text, std::vector<TokenId>& ids) const override {
    for (const char character : text) ids.push_back(character - '0');
  }
  std::string decode(std::span<const TokenId> ids) const override {
    std::string text;
    for (const auto id : ids) text += static_cast<char>('0' + id);
    return text;
  }
  std::int64_t vocab_size() const override { return kVocabulary; }
  bool lossless() const override { return false; }
  void save(const std::filesystem::path&) const override {}
  void load(const std::filesystem::path&) override {}
};

std::shared_ptr<Architecture> make_model(const std::string& name) {
  ModelContext context;
  context.vocab_size = kVocabulary;
  context.context_length = kContext;
  const std::map<std::string, std::array<std::int64_t, 3>> gpts{{"gpt-tiny", {4, 4, 128}},
                                                                {"gpt-small", {6, 8, 256}},
                                                                {"gpt-medium", {12, 6, 384}},
                                                                {"gpt-large", {16, 8, 512}},
                                                                {"gpt-xl", {16, 12, 768}}};
  if (const auto found = gpts.find(name); found != gpts.end()) {
    gpt::GptOptions options;
    options.n_layer = found->second[0];
    options.n_head = found->second[1];
    options.n_embd = found->second[2];
    return std::make_shared<gpt::Gpt>(options, context);
  }
  lstm::LstmModelOptions options;
  options.hidden_size = std::stoll(name.substr(name.find('-') + 1));
  return std::make_shared<lstm::LstmModel>(options, context);
}

void save_weights(const Architecture& model, const std::string& file) {
  NamedTensors tensors;
  for (const auto& parameter : model.named_parameters()) tensors.emplace_back(parameter.key(), parameter.value().detach());
  save_safetensors(file, tensors, {});
}

}  // namespace

int main(int argc, char** argv) {
  std::map<std::string, std::string> options{{"--model", "gpt-small"}, {"--count", "500"}, {"--tokens", "256"},
                                             {"--batch", "32"},        {"--threads", "2"}, {"--weights", ""}};
  for (int i = 1; i < argc; i += 2) {
    const bool known = options.contains(argv[i]);
    if (!known || i + 1 == argc) {
      std::cerr << (known ? "no value for option " : "unknown option ") << argv[i] << '\n';
      return 2;
    }
    options[argv[i]] = argv[i + 1];
  }
  torch::set_num_threads(std::stoi(options["--threads"]));
  torch::manual_seed(1);
  const auto model = make_model(options["--model"]);
  if (!options["--weights"].empty()) save_weights(*model, options["--weights"]);

  SampleRequest request;
  request.count = std::stoll(options["--count"]);
  request.new_tokens = std::stoll(options["--tokens"]);
  request.prompt.assign(1, '0');
  SamplingOptions sampling;
  sampling.batch_size = std::stoll(options["--batch"]);
  sampling.part = options["--model"];
  const auto begin = std::chrono::steady_clock::now();
  std::int64_t tokens = 0;
  for (const auto& text : generate(*model, Characters(), {}, request, sampling)) tokens += std::ssize(text) - 1;
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::cout << "{\"program\": \"etude\", \"model\": \"" << options["--model"] << "\", \"batch\": " << options["--batch"]
            << ", \"tokens\": " << tokens << ", \"seconds\": " << seconds.count()
            << ", \"peak_bytes\": " << usage.ru_maxrss * 1024 << "}\n";
}
