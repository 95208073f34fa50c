#include <torch/torch.h>

#include <catch.hpp>
#include <etude/error.hpp>
#include <host/sized.hpp>

#include "architecture_models.hpp"

using namespace etude;
using namespace etude::testing;

namespace {

Table size(int layers, int width, int heads) { return {{"n_layer", layers}, {"n_embd", width}, {"n_head", heads}}; }

/// The study's GPTs and BEST: layers, width, heads, vocabulary, context, parameters as published.
struct Published {
  int layers, width, heads;
  std::int64_t vocabulary, context, parameters;
};
const std::vector<Published> published{{4, 128, 4, 64, 256, 829'696},       {6, 256, 8, 64, 256, 4'807'168},
                                       {12, 384, 6, 64, 256, 21'375'744},   {16, 512, 8, 64, 256, 50'529'280},
                                       {16, 768, 12, 64, 256, 113'542'656}, {16, 1024, 16, 4096, 1024, 206'637'056}};

std::shared_ptr<Architecture> small(Table more = {}) {
  Table options = size(3, 24, 4);
  for (const auto& entry : more) options.set(entry.key, entry.value);
  const auto model = make_model("gpt", options, 19, 12);
  randomise(*model);
  return model;
}

}  // namespace

TEST_CASE("The GPTs of the study have its numbers of parameters") {
  for (const auto& one : published) {
    const auto model = make_model("gpt", size(one.layers, one.width, one.heads), one.vocabulary, one.context);
    const auto counts = model->parameter_counts();
    CHECK(counts.total() == one.parameters);
    CHECK(counts.embedding == (one.vocabulary + one.context) * one.width);
    CHECK(counts.output == 0);
    std::int64_t elements = 0;
    for (const auto& parameter : model->parameters()) elements += parameter.numel();
    CHECK(elements == one.parameters);
  }
}

TEST_CASE("GPTs that are asked for by size have the proportions of published ones") {
  // Depth and width of the study's and of GPT-2 and GPT-3 (Brown et al., 2020, table 2.1), with their own vocabulary and context.
  for (const auto& one : published) {
    const Table shape =
        options_for_size(built_plugins(), "gpt", size(1, 8, 1), one.vocabulary, one.context, static_cast<double>(one.parameters));
    INFO(one.parameters << ": " << Value(shape).toml());
    const auto number = [&](const char* key) { return static_cast<double>(*shape.find(key)->get_if<std::int64_t>()); };
    CHECK(number("n_layer") / one.layers == Approx(1).epsilon(0.35));
    CHECK(number("n_embd") / one.width == Approx(1).epsilon(0.2));
    CHECK(number("n_embd") / number("n_head") >= 16);
    CHECK(number("n_embd") / number("n_head") <= 128);
  }
}

TEST_CASE("A size that no GPT of sensible proportions has is an error that names those near it") {
  const auto error = [](double parameters) {
    try {
      options_for_size(built_plugins(), "gpt", size(1, 8, 1), 4096, 1024, parameters);
    } catch (const Error& thrown) {
      return std::string(thrown.what());
    }
    return std::string();
  };
  CHECK_THAT(error(1000), Catch::Contains("no GPT of sensible proportions has about 1000 parameters with a vocabulary of 4096") &&
                              Catch::Contains("sizes near it: 41776 (n_layer 1, n_head 1, n_embd 8)"));
  CHECK_THAT(error(47'500),
             Catch::Contains("sizes near it: 42576 (n_layer 2, n_head 1, n_embd 8); 52460 (n_layer 1, n_head 1, n_embd 10)"));
}

TEST_CASE("An untied GPT counts its output layer apart") {
  const auto counts = small({{"tied", false}})->parameter_counts();
  CHECK(counts.output == 19 * 24);
  CHECK(counts.total() == small()->parameter_counts().total() + 19 * 24);
}

TEST_CASE("A GPT's floating-point operations are those of its products, position by position") {
  for (const auto& one : published) {
    if (one.parameters > 10'000'000) continue;
    const auto model = make_model("gpt", size(one.layers, one.width, one.heads), one.vocabulary, one.context);
    // Counted for a whole window: 2 x m x n x k of every product, the keys up to the query's own position.
    double operations = 0;
    const double width = one.width;
    for (std::int64_t t = 0; t < one.context; ++t) {
      for (int layer = 0; layer < one.layers; ++layer) {
        for (const double out : {3 * width, width}) operations += 2 * out * width;
        operations += 2 * (2 * 4 * width * width);
        for (std::int64_t key = 0; key <= t; ++key) operations += 2 * width + 2 * width;
      }
      operations += 2 * width * static_cast<double>(one.vocabulary);
    }
    CHECK(model->forward_flops_per_token() == Approx(operations / static_cast<double>(one.context)).epsilon(1e-12));
  }
}

TEST_CASE("A GPT's parameters carry nanoGPT's names") {
  std::vector<std::string> names;
  for (const auto& parameter : make_model("gpt", size(1, 8, 2), 5, 4)->named_parameters()) names.push_back(parameter.key());
  std::sort(names.begin(), names.end());
  CHECK(names == std::vector<std::string>{"h.0.attn.c_attn.weight", "h.0.attn.c_proj.weight", "h.0.ln_1.bias", "h.0.ln_1.weight",
                                          "h.0.ln_2.bias", "h.0.ln_2.weight", "h.0.mlp.c_fc.weight", "h.0.mlp.c_proj.weight",
                                          "ln_f.bias", "ln_f.weight", "wpe.weight", "wte.weight"});
}

TEST_CASE("A GPT's position sees itself and what came before") {
  const auto model = small();
  model->eval();
  CHECK(is_causal(*model, 19, 12));
}

TEST_CASE("A GPT decodes with its cache what it computes without, past the end of its context too") {
  for (const bool bias : {false, true}) {
    const auto model = small({{"bias", bias}});
    model->eval();
    const auto tokens = torch::randint(19, {3, 20}, torch::kLong);
    CHECK(decode_difference(*model, tokens, std::vector<std::int64_t>(20, 1)) < 1e-4);
    CHECK(decode_difference(*model, tokens, {5, 1, 3, 2, 1, 1, 4, 3}) < 1e-4);
    CHECK(decode_difference(*model, tokens, {12, 1, 7}) < 1e-4);
    CHECK(decode_difference(*model, tokens, {17, 1, 1, 1}) < 1e-4);
  }
}

TEST_CASE("A GPT's gradients with dropout do not depend on the micro-batch") {
  const auto model = small({{"dropout", 0.2}});
  for (const std::int64_t rows : {1, 2, 3}) CHECK(accumulation_difference(*model, 19, rows) < 1e-5);
}

TEST_CASE("A GPT starts normal with deviation 0.02, residual projections narrower unless told otherwise") {
  for (const bool scaled : {true, false}) {
    Table options = size(4, 128, 4);
    options.set("scale_residual_init", scaled);
    const auto model = make_model("gpt", options, 64, 256);
    for (const auto& parameter : model->named_parameters()) {
      INFO(parameter.key());
      const auto& value = parameter.value();
      if (value.dim() == 1) {
        CHECK(torch::equal(value, torch::full_like(value, parameter.key().ends_with("weight") ? 1.0 : 0.0)));
        continue;
      }
      const bool narrow = scaled && parameter.key().ends_with("c_proj.weight");
      CHECK(value.std().item<double>() == Approx(narrow ? 0.02 / std::sqrt(8.0) : 0.02).epsilon(0.04));
      CHECK(std::abs(value.mean().item<double>()) < 1e-3);
    }
  }
}

TEST_CASE("A GPT applies dropout where its options say") {
  // With every weight of the attention weights' own dropout irrelevant at one position, the branch alone can differ between two
  // steps.
  const auto model = small({{"dropout", 0.5}});
  const auto tokens = torch::zeros({1, 1}, torch::kLong);
  model->begin_dropout(1, 1, 0);
  const auto first = model->forward(tokens);
  model->begin_dropout(1, 1, 0);
  CHECK(torch::equal(model->forward(tokens), first));
  model->begin_dropout(1, 2, 0);
  CHECK_FALSE(torch::equal(model->forward(tokens), first));
  const auto without = small({{"dropout", 0.5}, {"dropout_after_attention_projection", false}});
  without->begin_dropout(1, 1, 0);
  CHECK_FALSE(torch::equal(without->forward(tokens), first));
  model->eval();
  without->eval();
  CHECK(torch::equal(model->forward(tokens), without->forward(tokens)));
}

TEST_CASE("A GPT refuses a width that its heads do not divide, and windows beyond its context") {
  CHECK_THROWS_WITH(make_model("gpt", size(2, 130, 4), 64, 32), Catch::Contains("n_embd = 130") && Catch::Contains("n_head = 4"));
  CHECK_THROWS_WITH(small()->forward(torch::zeros({1, 13}, torch::kLong)), Catch::Contains("13 tokens"));
}
