#include "music_dataset.hpp"

#include <algorithm>
#include <system_error>

#include "digest.hpp"
#include "transpose.hpp"

namespace dataset_music {
namespace {

using etude::text;

constexpr std::size_t most_waiting_bytes = 64 << 20;
constexpr const char* install_remedy = "install it (Debian: apt-get install abcmidi) or set dataset.midi2abc to its path";

std::size_t bytes_of(const Cleaned& cleaned) { return cleaned.text.size() + cleaned.trimmed.size(); }

}  // namespace

MusicDataset::MusicDataset(MusicSettings settings, const etude::DatasetContext& context)
    : settings_(std::move(settings)), context_(context) {}

void MusicDataset::warn(const std::string& message) const {
  if (context_.warn) context_.warn(message);
}

void MusicDataset::show_progress(const std::string& what, std::size_t done) const {
  const auto total = collection_->files().size();
  if (context_.progress) context_.progress(what, static_cast<std::int64_t>(done), static_cast<std::int64_t>(total));
}

void MusicDataset::open() {
  const std::scoped_lock lock(opening_);
  if (collection_) return;
  auto collection = std::make_unique<Collection>(settings_.paths, settings_.formats, context_);
  has_midi_ = collection->count(Format::midi) > 0;
  if (has_midi_) open_converter(collection->count(Format::midi));
  collection_ = std::move(collection);
}

void MusicDataset::open_converter(std::int64_t files) {
  const auto program = find_midi2abc(settings_.converter.program);
  if (!program.empty()) {
    converter_ = std::make_unique<Converter>(program, settings_.converter, context_.cache_directory);
    return;
  }
  if (!settings_.skip_without_midi2abc)
    throw etude::Error(text("midi2abc not found, and dataset ", settings_.part, " needs it"), install_remedy);
  warn(text("midi2abc not found: ", files, " MIDI files are left out; ", install_remedy));
}

std::string MusicDataset::fingerprint() {
  open();
  if (!fingerprint_.empty()) return fingerprint_;
  collection_->look_at_all([this](std::size_t done) { show_progress("looking at", done); });
  const std::string converter = !has_midi_ ? "" : converter_ ? converter_->version() : "without midi2abc";
  return fingerprint_ = sha256(converter + collection_->fingerprint());
}

void MusicDataset::start() {
  open();
  given_ = taken_ = waiting_bytes_ = 0;
  ended_ = false;
  study_ = {};
  outcomes_.clear();
  counts_.clear();
  const auto source = [this]() -> std::optional<std::size_t> {
    return given_ < collection_->files().size() ? std::optional(given_++) : std::nullopt;
  };
  const auto work = [this](const std::size_t& index, const std::stop_token& stop) {
    const SourceFile& file = collection_->files()[index];
    return file.format == Format::midi ? convert_and_clean(file, stop) : Converted{};
  };
  // Many files may be under way, so that a slow one holds nobody up.
  pipeline_ = std::make_unique<Pipeline>(has_midi_ ? context_.threads : 1, 256, source, work);
}

void MusicDataset::rewind() {
  tunes_.reset();
  pipeline_.reset();
}

Conversion MusicDataset::convert(const SourceFile& file, const std::stop_token& stop) {
  if (!converter_) return {"skipped", "midi2abc not found", 0, {}};
  require_unchanged(file);
  try {
    if (!file.digest.empty())
      return converter_->convert(
          file.digest, [&] { return Collection::read(file); }, stop);
    const std::string bytes = Collection::read(file);
    return converter_->convert(
        sha256(bytes), [&] { return bytes; }, stop);
  } catch (const std::system_error& error) {
    return {"unreadable", error.code().message(), 0, {}};
  }
}

MusicDataset::Converted MusicDataset::convert_and_clean(const SourceFile& file, const std::stop_token& stop) {
  Converted out{convert(file, stop)};
  if (out.conversion.result != "converted") return out;
  out.cleaned = settings_.profile.clean(out.conversion.abc);
  std::string().swap(out.conversion.abc);
  // Texts wait here behind a file that takes long; memory stays bounded however large they are.
  const std::size_t bytes = bytes_of(out.cleaned);
  out.to_be_read_again = waiting_bytes_ + bytes > most_waiting_bytes;
  if (out.to_be_read_again) {
    out.cleaned = {};
  } else {
    waiting_bytes_ += bytes;
  }
  return out;
}

bool MusicDataset::next(etude::Document& document) {
  if (!pipeline_) start();
  for (;;) {
    if (tunes_ && next_of_abc(document)) return true;
    auto converted = pipeline_->next();
    if (!converted) {
      if (!ended_) tell_study_counts();
      ended_ = true;
      return false;
    }
    const bool midi = collection_->files()[taken_++].format == Format::midi;
    show_progress(has_midi_ ? "converting" : "reading", taken_);
    if (midi && next_of_midi(document, std::move(*converted))) return true;
    if (!midi) begin_abc();
  }
}

bool MusicDataset::next_of_midi(etude::Document& document, Converted converted) {
  const SourceFile& file = collection_->files()[taken_ - 1];
  const Conversion& conversion = converted.conversion;
  ++(conversion.output_bytes > 0 ? study_.converted : study_.failed);
  study_.tiny += conversion.output_bytes > 0 && conversion.output_bytes < smallest_output;
  study_.partial += conversion.result == "partial";
  if (conversion.result != "converted") {
    if (conversion.result == "unreadable")
      warn(text("cannot read ", file.path.string(), ": ", conversion.reason, "; it is left out"));
    note(file.id, conversion.result, conversion.reason);
    return false;
  }
  if (converted.to_be_read_again) {
    converted.cleaned = settings_.profile.clean(convert(file, {}).abc);
  } else {
    waiting_bytes_ -= bytes_of(converted.cleaned);
  }
  return finish(document, file.id, std::move(converted.cleaned), "converted");
}

void MusicDataset::begin_abc() {
  const SourceFile& file = collection_->files()[taken_ - 1];
  require_unchanged(file);
  try {
    tunes_.emplace(file.path, settings_.split_tunes);
  } catch (const std::system_error& error) {
    warn(text("cannot read ", file.path.string(), ": ", error.code().message(), "; it is left out"));
    note(file.id, "unreadable", error.code().message());
  }
}

/// The next document of the ABC file at hand; false when there is none (left).
bool MusicDataset::next_of_abc(etude::Document& document) {
  const SourceFile& file = collection_->files()[taken_ - 1];
  Tune tune;
  try {
    while (tunes_->next(tune))
      if (tune.is_tune && finish(document, file.id + tune.suffix, settings_.profile.clean(tune.text), "read")) return true;
  } catch (const std::system_error& error) {
    throw etude::Error(text("cannot read ", file.path.string(), ": ", error.code().message()),
                       "check the disk, or leave the file out");
  }
  tunes_.reset();
  require_unchanged(file);
  return false;
}

bool MusicDataset::finish(etude::Document& document, std::string id, Cleaned cleaned, const char* kept) {
  if (cleaned.dropped) {
    note(id, "dropped", cleaned.dropped);
    return false;
  }
  // A row for every MIDI file: converted or not is the question of the table. Collections have far more tunes than files.
  if (kept == std::string_view("converted")) {
    note(id, kept, "");
  } else {
    ++counts_[kept];
  }
  document.id = std::move(id);
  document.text = std::move(cleaned.text);
  document.trimmed = std::move(cleaned.trimmed);
  document.split.reset();
  return true;
}

void MusicDataset::note(const std::string& id, const std::string& result, const std::string& reason) {
  outcomes_.push_back({id, result, reason});
  ++counts_[result];
}

std::vector<int> MusicDataset::transpositions() const {
  std::vector<int> semitones;
  for (const auto each : settings_.semitones)
    if (each != 0 && std::count(semitones.begin(), semitones.end(), each) == 0) semitones.push_back(static_cast<int>(each));
  return semitones;
}

std::nullopt_t MusicDataset::lost(const std::string& variant, const std::string& reason) {
  const std::scoped_lock lock(variants_);
  lost_variants_[variant] = {variant, "not transposed", reason};
  return std::nullopt;
}

std::optional<etude::Document> MusicDataset::variant(const std::string& id, int semitones) {
  open();
  const SourceFile* file = collection_->find(id);
  if (!file || file->format != Format::midi || !converter_) return std::nullopt;
  const std::string name = text(id, semitones < 0 ? "" : "+", semitones);
  Transposed moved;
  try {
    moved = transpose(Collection::read(*file), semitones);
  } catch (const std::system_error& error) {
    throw etude::Error(text("cannot read ", file->path.string(), ": ", error.code().message()),
                       "check the disk, then start again");
  }
  if (!moved.refused.empty()) return lost(name, moved.refused);
  const Conversion conversion = converter_->convert(sha256(moved.midi), [&] { return moved.midi; }, {});
  if (conversion.result != "converted") return lost(name, conversion.result + ": " + conversion.reason);
  Cleaned cleaned = settings_.profile.clean(conversion.abc);
  if (cleaned.dropped) return lost(name, text("dropped: ", cleaned.dropped));
  return etude::Document{name, std::move(cleaned.text), std::nullopt, std::move(cleaned.trimmed)};
}

std::vector<etude::Outcome> MusicDataset::outcomes() const {
  auto all = outcomes_;
  const std::scoped_lock lock(variants_);
  for (const auto& [id, outcome] : lost_variants_) all.push_back(outcome);
  return all;
}

std::map<std::string, std::int64_t> MusicDataset::outcome_counts() const {
  auto counts = counts_;
  const std::scoped_lock lock(variants_);
  if (!lost_variants_.empty()) counts["not transposed"] = static_cast<std::int64_t>(lost_variants_.size());
  return counts;
}

/// Scripts that look for a text beside each MIDI file, as the study's did, take a beginning for the whole.
void MusicDataset::tell_study_counts() {
  if (study_.partial == 0) return;
  warn(text(study_.partial, " of ", study_.converted + study_.failed,
            " MIDI files were converted in part only and are left out. Counted as the study did, any text a success: ",
            study_.converted, " converted, ", study_.failed, " failed, ", study_.tiny, " tiny"));
}

}  // namespace dataset_music
