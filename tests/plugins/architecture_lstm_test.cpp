#include <torch/torch.h>

#include <catch.hpp>
#include <etude/error.hpp>
#include <host/sized.hpp>

#include "architecture_models.hpp"

using namespace etude;
using namespace etude::testing;

namespace {

/// The study's LSTMs: hidden size and parameters as published.
const std::vector<std::pair<int, std::int64_t>> published{
    {256, 1'069'120}, {560, 5'062'464}, {1100, 19'448'064}, {1750, 49'140'064}, {2500, 100'200'064}};

std::shared_ptr<Architecture> small(Table more = {}) {
  Table options{{"hidden_size", 24}};
  for (const auto& entry : more) options.set(entry.key, entry.value);
  const auto model = make_model("lstm", options, 19, 12);
  randomise(*model);
  return model;
}

}  // namespace

TEST_CASE("LSTMs that are asked for by the study's sizes have nearly its widths, and as many layers as are wanted") {
  for (const auto& [hidden_size, parameters] : published) {
    const Table shape = options_for_size(built_plugins(), "lstm", Table{}, 64, 256, static_cast<double>(parameters));
    CHECK(std::abs(*shape.find("hidden_size")->get_if<std::int64_t>() - hidden_size) <= 8);
    const Table deep = options_for_size(built_plugins(), "lstm", {{"num_layers", 4}}, 64, 256, static_cast<double>(parameters));
    CHECK(*deep.find("num_layers") == Value(4));
    const auto total = make_model("lstm", deep, 64, 256)->parameter_counts().total();
    CHECK(static_cast<double>(total) == Approx(static_cast<double>(parameters)).epsilon(0.1));
  }
}

TEST_CASE("A size that no LSTM has is an error that names one near it") {
  CHECK_THROWS_WITH(options_for_size(built_plugins(), "lstm", Table{}, 4096, 256, 5000),
                    Catch::Contains("no LSTM of 2 layers has about 5000 parameters") && Catch::Contains("(hidden_size 1)"));
}

TEST_CASE("The LSTMs of the study have its numbers of parameters") {
  for (const auto& [hidden_size, parameters] : published) {
    const auto model = make_model("lstm", {{"hidden_size", hidden_size}}, 64, 256);
    const auto counts = model->parameter_counts();
    CHECK(counts.total() == parameters);
    CHECK(counts.embedding == 64 * hidden_size);
    CHECK(counts.output == 64);
  }
}

TEST_CASE("An LSTM's floating-point operations are those of its gates and its output") {
  // Four gates, each a product of hidden_size with the input and one with the state, two layers; then the output.
  CHECK(make_model("lstm", {{"hidden_size", 256}}, 64, 256)->forward_flops_per_token() ==
        2.0 * (2 * (4 * 256 * 256 + 4 * 256 * 256) + 256 * 64));
  CHECK(small({{"num_layers", 3}})->forward_flops_per_token() == 2.0 * (3 * 8 * 24 * 24 + 24 * 19));
}

TEST_CASE("An LSTM's position sees itself and what came before") {
  const auto model = small();
  model->eval();
  CHECK(is_causal(*model, 19, 12));
}

TEST_CASE("An LSTM decodes with its state what it computes without") {
  const auto model = small();
  model->eval();
  const auto tokens = torch::randint(19, {3, 12}, torch::kLong);
  CHECK(decode_difference(*model, tokens, std::vector<std::int64_t>(12, 1)) < 1e-4);
  CHECK(decode_difference(*model, tokens, {5, 1, 3, 3}) < 1e-4);
}

TEST_CASE("An LSTM's memory goes on past the context") {
  const auto model = small(), longer = make_model("lstm", {{"hidden_size", 24}}, 19, 40);
  {
    const torch::NoGradGuard no_grad;
    for (auto& parameter : longer->named_parameters()) parameter.value().copy_(model->named_parameters()[parameter.key()]);
  }
  model->eval();
  longer->eval();
  const auto tokens = torch::randint(19, {2, 40}, torch::kLong);
  const auto state = model->initial_state(2);
  model->decode(tokens.narrow(1, 0, 30), *state);
  const auto logits = model->decode(tokens.narrow(1, 30, 10), *state);
  CHECK(torch::allclose(logits, longer->forward(tokens).select(1, -1), 1e-4, 1e-4));
}

TEST_CASE("An LSTM's gradients with dropout do not depend on the micro-batch") {
  const auto model = small({{"dropout", 0.2}});
  for (const std::int64_t rows : {1, 2, 3}) CHECK(accumulation_difference(*model, 19, rows) < 1e-5);
}

TEST_CASE("A tied LSTM starts its matrix as an output layer, an untied one its embedding as an embedding") {
  for (const bool tied : {true, false}) {
    const auto model = make_model("lstm", {{"hidden_size", 64}, {"tied", tied}}, 500, 8);
    const auto parameters = model->named_parameters();
    const auto& embedding = parameters["embedding.weight"];
    CHECK(embedding.std().item<double>() == Approx(tied ? 1.0 / 8 / std::sqrt(3.0) : 1.0).epsilon(0.03));
    CHECK((parameters.find("output.weight") == nullptr) == tied);
    CHECK(parameters["output.bias"].abs().max().item<double>() <= 1.0 / 8);
  }
}
