// Times the training step of one of the study's models and prints one JSON line, as peer_training.py does.
#include <c10/core/CachingDeviceAllocator.h>
#include <sys/resource.h>

#include <architecture_gpt/gpt.hpp>
#include <architecture_lstm/lstm.hpp>
#include <chrono>
#include <etude/error.hpp>
#include <iostream>
#include <train/cuda.hpp>
#include <train/step.hpp>

namespace {

struct Settings {
  std::string model = "gpt-tiny", device = "cpu", precision = "fp32";
  std::int64_t batch = 64, context = 256, vocabulary = 64, accumulate = 1, steps = 5, warmup = 1, threads = 2;
  double dropout = 0.1;
};

const char* const kUsage =
    "train_bench [--model "
    "gpt-tiny|gpt-small|gpt-medium|gpt-large|gpt-xl|gpt-best|lstm-256|lstm-560|lstm-1100|lstm-1750|lstm-2500]\n"
    "            [--batch N] [--context N] [--vocabulary N] [--accumulate N] [--dropout P] [--steps N] [--warmup N] [--threads "
    "N]\n"
    "            [--device cpu|cuda] [--precision fp32|bf16]\n";

Settings parse(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--help") {
      std::cout << kUsage;
      std::exit(0);
    }
    if (i + 1 == argc) throw etude::usage_error(name + " needs a value", kUsage);
    const std::string value = argv[i + 1];
    const std::map<std::string, std::string*> words{
        {"--model", &settings.model}, {"--device", &settings.device}, {"--precision", &settings.precision}};
    const std::map<std::string, std::int64_t*> numbers{
        {"--batch", &settings.batch},           {"--context", &settings.context}, {"--vocabulary", &settings.vocabulary},
        {"--accumulate", &settings.accumulate}, {"--steps", &settings.steps},     {"--warmup", &settings.warmup},
        {"--threads", &settings.threads}};
    if (words.contains(name))
      *words.at(name) = value;
    else if (numbers.contains(name))
      *numbers.at(name) = std::stoll(value);
    else if (name == "--dropout")
      settings.dropout = std::stod(value);
    else
      throw etude::usage_error("unknown option " + name, kUsage);
  }
  if (settings.precision != "fp32" && settings.precision != "bf16")
    throw etude::usage_error("unknown precision " + settings.precision, kUsage);
  return settings;
}

std::shared_ptr<etude::Architecture> make_model(const Settings& settings) {
  const etude::ModelContext context{settings.vocabulary, settings.context};
  struct Size {
    std::int64_t n_layer, n_embd, n_head;
  };
  const std::map<std::string, Size> gpts{{"gpt-tiny", {4, 128, 4}},   {"gpt-small", {6, 256, 8}}, {"gpt-medium", {12, 384, 6}},
                                         {"gpt-large", {16, 512, 8}}, {"gpt-xl", {16, 768, 12}},  {"gpt-best", {16, 1024, 16}}};
  if (const auto found = gpts.find(settings.model); found != gpts.end()) {
    etude::gpt::GptOptions options;
    options.n_layer = found->second.n_layer;
    options.n_embd = found->second.n_embd;
    options.n_head = found->second.n_head;
    options.dropout = settings.dropout;
    return std::make_shared<etude::gpt::Gpt>(options, context);
  }
  if (!settings.model.starts_with("lstm-")) throw etude::usage_error("unknown model " + settings.model, kUsage);
  etude::lstm::LstmModelOptions options;
  options.hidden_size = std::stoll(settings.model.substr(5));
  options.dropout = settings.dropout;
  return std::make_shared<etude::lstm::LstmModel>(options, context);
}

void synchronize(torch::Device device) {
  if (device.is_cuda()) torch::cuda::synchronize(device.index());
}

std::int64_t peak_bytes(torch::Device device) {
  if (device.is_cuda()) {
    constexpr auto all = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    return at::getDeviceAllocator(device.type())->getDeviceStats(device.index()).allocated_bytes[all].peak;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * 1024;
}

void bench(const Settings& settings) {
  at::set_num_threads(static_cast<int>(settings.threads));
  torch::manual_seed(1);
  const torch::Device device(settings.device == "cuda" ? etude::cuda_device() : torch::Device(settings.device));
  const auto model = make_model(settings);
  model->to(device);
  const bool recurrent = settings.model.starts_with("lstm");

  etude::StepOptions options;
  options.accumulate = settings.accumulate;
  options.clip_norm = recurrent ? 1.0 : 0.0;
  options.bf16 = settings.precision == "bf16";
  options.adamw.decay_all = true;
  etude::TrainStep step(model, settings.model, options);

  std::vector<double> seconds;
  etude::StepResult result;
  for (std::int64_t i = 1; i <= settings.warmup + settings.steps; ++i) {
    const auto windows = torch::randint(settings.vocabulary, {settings.batch, settings.context + 1}, torch::kLong).to(device);
    synchronize(device);
    const auto start = std::chrono::steady_clock::now();
    result = step.run(windows, i, 3e-4);
    synchronize(device);
    if (i > settings.warmup) seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }

  std::cout.precision(6);
  std::cout << R"({"program": "etude", "version": ")" << ETUDE_SDK_VERSION << R"(", "model": ")" << settings.model
            << R"(", "device": ")" << settings.device << R"(", "precision": ")" << settings.precision << R"(", "tokens": )"
            << settings.batch * settings.context << R"(, "seconds": [)";
  for (std::size_t i = 0; i < seconds.size(); ++i) std::cout << (i ? ", " : "") << seconds[i];
  std::cout << R"(], "parameters": )" << model->parameter_counts().total() << R"(, "loss": )" << result.loss
            << R"(, "peak_bytes": )" << peak_bytes(device) << R"(, "forward_flops_per_token": )"
            << model->forward_flops_per_token() << "}\n";
}

}  // namespace

int main(int argc, char** argv) {
  try {
    bench(parse(argc, argv));
  } catch (const etude::Error& error) {
    std::cerr << "error: " << error.what() << '\n';
    return static_cast<int>(error.fault());
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 1;
  }
}
