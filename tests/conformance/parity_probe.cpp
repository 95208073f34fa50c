// Computes one model with Etude and writes all that PyTorch needs to compute it again: pytorch_parity_test.py compares.
//
//   parity_probe <plugin directory> <output directory>
//
// For each case <case>.safetensors: "weight.<name>", "gradient.<name>" of every parameter, "tokens", "targets", "logits" and
// "loss" (mean cross-entropy); its metadata say which architecture with which options.
#include <torch/torch.h>

#include <etude/architecture.hpp>
#include <etude/safetensors.hpp>
#include <host/catalogue.hpp>
#include <iostream>

namespace {

using namespace etude;

constexpr std::int64_t kVocabulary = 37, kContext = 24, kBatch = 5;

struct Case {
  std::string name, architecture;
  Table options;
  torch::ScalarType type;
  std::int64_t time;
};

std::vector<Case> cases() {
  const std::vector<std::pair<std::string, Case>> models{
      {"gpt-study",
       {"", "gpt", {{"n_layer", 3}, {"n_head", 4}, {"n_embd", 32}, {"scale_residual_init", false}}, torch::kFloat, 0}},
      {"gpt-biased-untied",
       {"", "gpt", {{"n_layer", 2}, {"n_head", 2}, {"n_embd", 24}, {"bias", true}, {"tied", false}}, torch::kFloat, 0}},
      {"lstm-study", {"", "lstm", {{"hidden_size", 28}}, torch::kFloat, 0}},
      {"lstm-three-untied", {"", "lstm", {{"hidden_size", 20}, {"num_layers", 3}, {"tied", false}}, torch::kFloat, 0}},
  };
  std::vector<Case> all;
  for (const auto& [name, model] : models)
    for (const auto type : {torch::kFloat, torch::kDouble})
      for (const std::int64_t time : {kContext, kContext - 7, std::int64_t{1}}) {
        Case one = model;
        one.type = type;
        one.time = time;
        one.name = name + "-" + c10::toString(type) + "-" + std::to_string(time);
        all.push_back(std::move(one));
      }
  return all;
}

/// Every weight random, those too that usually start at zero or one: else a missing gain or bias would not show.
void randomise(Architecture& model) {
  const torch::NoGradGuard no_grad;
  for (auto& parameter : model.parameters()) parameter.copy_(torch::randn(parameter.sizes(), torch::kDouble) * 0.3);
}

void probe(const Catalogue& catalogue, const Case& one, const std::filesystem::path& directory) {
  torch::manual_seed(17);
  ModelContext context;
  context.vocab_size = kVocabulary;
  context.context_length = kContext;
  const auto model = catalogue.make_architecture(one.architecture, one.options, context);
  model->to(one.type);
  randomise(*model);
  model->eval();

  const auto windows = torch::randint(kVocabulary, {kBatch, one.time + 1}, torch::kLong);
  const auto tokens = windows.slice(1, 0, one.time), targets = windows.slice(1, 1);
  const auto logits = model->forward(tokens);
  const auto loss = torch::cross_entropy_loss(logits.flatten(0, 1), targets.flatten());
  loss.backward();

  NamedTensors tensors{{"tokens", tokens}, {"targets", targets}, {"logits", logits}, {"loss", loss}};
  for (const auto& parameter : model->named_parameters()) {
    tensors.emplace_back("weight." + parameter.key(), parameter.value());
    tensors.emplace_back("gradient." + parameter.key(), parameter.value().grad());
  }
  std::map<std::string, std::string> metadata{{"architecture", one.architecture}};
  for (const auto& option : catalogue.find(Kind::architecture, one.architecture).options.resolve(one.options))
    metadata[option.key] = option.value.toml();
  save_safetensors(directory / (one.name + ".safetensors"), tensors, metadata);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: parity_probe <plugin directory> <output directory>\n";
    return 2;
  }
  try {
    const auto catalogue = Catalogue::load({{argv[1], "the command line"}});
    for (const auto& one : cases()) probe(catalogue, one, argv[2]);
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 1;
  }
}
