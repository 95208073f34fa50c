// A gated recurrent network as an Etude plugin: everything that it takes.
#include <etude/architecture.hpp>
#include <etude/plugin.hpp>

struct Gru final : etude::Architecture {
  struct Options {
    int64_t hidden_size = 128;
    static auto fields() {
      return etude::fields(etude::field(&Options::hidden_size, "hidden_size", "Width of the hidden state", etude::at_least(1)));
    }
  };
  // With a static Options sized(...) studies may ask for this by size: sdk/README.md, "Sizes in place of shapes".
  Gru(const Options& options, const etude::ModelContext& context) : Architecture(context) {
    embed_ = register_module("embed", torch::nn::Embedding(context.vocab_size, options.hidden_size));
    gru_ =
        register_module("gru", torch::nn::GRU(torch::nn::GRUOptions(options.hidden_size, options.hidden_size).batch_first(true)));
    output_ = register_module("output", torch::nn::Linear(options.hidden_size, context.vocab_size));
  }
  torch::Tensor forward(const torch::Tensor& tokens) override {
    require_tokens(tokens);
    return output_(std::get<0>(gru_(embed_(tokens))));
  }

 private:
  torch::nn::Embedding embed_{nullptr};
  torch::nn::GRU gru_{nullptr};
  torch::nn::Linear output_{nullptr};
};

ETUDE_PLUGIN("my_lab.gru", "1.0.0", registry) { registry.add<Gru>("gru", "Gated recurrent units (Cho et al., 2014)"); }
