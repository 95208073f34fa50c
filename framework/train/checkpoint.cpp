#include <algorithm>
#include <base/files.hpp>
#include <base/log.hpp>
#include <cmath>
#include <etude/error.hpp>
#include <etude/safetensors.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <train/checkpoint.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* unfinished_suffix = ".unfinished";

/// Parameters and persistent buffers by name. A tensor that is registered twice (a tied matrix) stands once, under its first
/// name.
std::vector<std::pair<std::string, torch::Tensor>> weights_of(const Architecture& model) {
  std::vector<std::pair<std::string, torch::Tensor>> weights;
  std::set<const void*> seen;
  const auto add = [&](const auto& items) {
    for (const auto& item : items)
      if (seen.insert(item.value().unsafeGetTensorImpl()).second) weights.emplace_back(item.key(), item.value().detach());
  };
  add(model.named_parameters());
  add(model.named_buffers());
  return weights;
}

/// A tensor of the model, and the stored one that is its new value.
using Copies = std::vector<std::pair<torch::Tensor, torch::Tensor>>;

/// Finds for each weight of the model its value in the file, and checks that both have the same names and shapes.
Copies matched(const fs::path& file, const Architecture& model) {
  const auto stored = load_safetensors(file);
  std::map<std::string, torch::Tensor> by_name(stored.tensors.begin(), stored.tensors.end());
  Copies copies;
  for (auto& [name, weight] : weights_of(model)) {
    const auto found = by_name.find(name);
    if (found == by_name.end()) throw Error(text(file.string(), " has no tensor ", name), "is it of another architecture?");
    if (found->second.sizes() != weight.sizes())
      throw Error(text(file.string(), ": tensor ", name, " is ", c10::str(found->second.sizes()), ", the model wants ",
                       c10::str(weight.sizes())),
                  "give the architecture the options with which the file was trained");
    copies.emplace_back(weight, found->second);
    by_name.erase(found);
  }
  if (!by_name.empty())
    throw Error(text(file.string(), " has a tensor that the model lacks: ", by_name.begin()->first),
                "is it of another architecture?");
  return copies;
}

void copy(const Copies& copies) {
  const torch::NoGradGuard no_grad;
  for (const auto& [into, from] : copies) into.copy_(from);
}

double number_or_nan(const json& value) { return value.is_number() ? value.get<double>() : std::nan(""); }

}  // namespace

Checkpoints::Checkpoints(fs::path directory) : directory_(std::move(directory)) {}

bool Checkpoints::spared(std::int64_t step) const { return std::find(spared_.begin(), spared_.end(), step) != spared_.end(); }

void Checkpoints::remove_unfinished() const {
  if (!fs::exists(directory_)) return;
  for (const auto& entry : fs::directory_iterator(directory_))
    if (entry.path().extension() == unfinished_suffix) fs::remove_all(entry.path());
}

fs::path Checkpoints::directory_of(std::int64_t step) const { return directory_ / text("step-", step); }

void Checkpoints::save(const CheckpointState& state, const Architecture& model, const AdamW& optimizer, std::int64_t keep,
                       bool keep_best) {
  const auto final_place = directory_of(state.step);
  fs::path beside = final_place;
  beside += unfinished_suffix;
  try {
    fs::remove_all(beside);
    fs::create_directories(beside);
    const std::map<std::string, std::string> metadata{{"format", "pt"}, {"step", std::to_string(state.step)}};
    save_safetensors(beside / "model.safetensors", weights_of(model), metadata);
    save_safetensors(beside / "optimizer.safetensors", optimizer.state(), metadata);
    json fields{{"format_version", 1},
                {"step", state.step},
                {"tokens", state.tokens},
                {"seconds", state.seconds},
                {"validation_loss", std::isfinite(state.validation_loss) ? json(state.validation_loss) : json(nullptr)},
                {"sha256",
                 {{"model.safetensors", sha256_of_file(beside / "model.safetensors")},
                  {"optimizer.safetensors", sha256_of_file(beside / "optimizer.safetensors")}}}};
    write_file(beside / "state.json", fields.dump(2) + "\n");
    sync_directory(beside);
    fs::remove_all(final_place);
    fs::rename(beside, final_place);
    sync_directory(directory_);
  } catch (const fs::filesystem_error& error) {
    throw Error(text("cannot write checkpoint ", final_place.string(), ": ", error.code().message()));
  }
  remove_superfluous(keep, keep_best);
}

std::vector<std::int64_t> Checkpoints::steps() const {
  std::vector<std::int64_t> steps;
  if (!fs::exists(directory_)) return steps;
  for (const auto& entry : fs::directory_iterator(directory_)) {
    const auto name = entry.path().filename().string();
    if (name.rfind("step-", 0) == 0 && entry.path().extension() != unfinished_suffix && fs::exists(entry.path() / "state.json"))
      steps.push_back(std::stoll(name.substr(5)));
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

std::optional<CheckpointState> Checkpoints::at(std::int64_t step) const {
  const auto directory = directory_of(step);
  try {
    const auto fields = json::parse(read_file(directory / "state.json"));
    for (const auto& [file, digest] : fields.at("sha256").items())
      if (sha256_of_file(directory / file) != digest.get<std::string>()) throw Error(file + " is damaged");
    return CheckpointState{fields.at("step"), fields.at("tokens"), fields.at("seconds"),
                           number_or_nan(fields.at("validation_loss"))};
  } catch (const std::exception& error) {
    log_warning(text("checkpoint ", directory.string(), " cannot be used: ", error.what()));
    return std::nullopt;
  }
}

std::optional<CheckpointState> Checkpoints::newest() const {
  const auto all = steps();
  for (auto step = all.rbegin(); step != all.rend(); ++step)
    if (const auto state = at(*step)) return state;
  return std::nullopt;
}

std::optional<CheckpointState> Checkpoints::best() const {
  std::optional<CheckpointState> best;
  for (const auto step : steps()) {
    const auto state = at(step);
    if (state && std::isfinite(state->validation_loss) && (!best || state->validation_loss < best->validation_loss)) best = state;
  }
  return best;
}

void Checkpoints::remove_superfluous(std::int64_t keep, bool keep_best) const {
  auto all = steps();
  if (std::ssize(all) <= keep) return;
  const auto best_one = keep_best ? best() : std::nullopt;
  all.resize(all.size() - static_cast<std::size_t>(keep));
  for (const auto step : all)
    if (!spared(step) && !(best_one && best_one->step == step)) fs::remove_all(directory_of(step));
}

void Checkpoints::load_model(std::int64_t step, Architecture& model) const {
  load_weights(directory_of(step) / "model.safetensors", model);
}

void Checkpoints::load(std::int64_t step, Architecture& model, AdamW& optimizer) const {
  const auto weights = matched(directory_of(step) / "model.safetensors", model);
  optimizer.load_state(load_safetensors(directory_of(step) / "optimizer.safetensors").tensors);
  copy(weights);
}

void load_weights(const fs::path& file, Architecture& model) { copy(matched(file, model)); }

}  // namespace etude
