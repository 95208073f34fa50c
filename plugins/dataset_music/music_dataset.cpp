#include "music_dataset.hpp"

#include <algorithm>
#include <system_error>

#include "digest.hpp"

namespace dataset_music {
namespace {

using etude::text;

constexpr const char* install_remedy = "install it (Debian: apt-get install abcmidi) or set dataset.midi2abc to its path";

}  // namespace

MusicDataset::MusicDataset(MusicSettings settings, const etude::DatasetContext& context)
    : settings_(std::move(settings)), context_(context) {}

void MusicDataset::warn(const std::string& message) const {
  if (context_.warn) context_.warn(message);
}

void MusicDataset::show_progress(const std::string& what, std::size_t done) const {
  if (context_.progress) context_.progress(what, static_cast<std::int64_t>(done), static_cast<std::int64_t>(sources_.size()));
}

void MusicDataset::open() {
  if (opened_) return;
  sources_ = list_sources(settings_.paths, settings_.formats);
  has_midi_ =
      std::any_of(sources_.begin(), sources_.end(), [](const SourceFile& source) { return source.format == Format::midi; });
  if (has_midi_) open_converter();
  opened_ = true;
}

void MusicDataset::open_converter() {
  const auto program = find_midi2abc(settings_.converter.program);
  if (!program.empty()) {
    converter_ = std::make_shared<Converter>(program, settings_.converter, context_.cache_directory);
    return;
  }
  if (!settings_.skip_without_midi2abc)
    throw etude::Error(text("midi2abc not found, and dataset ", settings_.part, " needs it"), install_remedy);
  const auto left_out =
      std::count_if(sources_.begin(), sources_.end(), [](const SourceFile& source) { return source.format == Format::midi; });
  warn(text("midi2abc not found: ", left_out, " MIDI files are left out; ", install_remedy));
}

void MusicDataset::start() {
  open();
  given_ = taken_ = 0;
  outcomes_.clear();
  counts_.clear();
  const auto source = [this]() -> std::optional<std::size_t> {
    return given_ < sources_.size() ? std::optional(given_++) : std::nullopt;
  };
  // Results are small (the text waits in the cache), so many files may be under way: a slow one holds nobody up.
  const auto work = [this](const std::size_t& index, const std::stop_token& stop) {
    const SourceFile& file = sources_[index];
    if (file.format == Format::abc) return Conversion{};
    if (!converter_) return Conversion{"skipped", "midi2abc not found", {}};
    require_unchanged(file);
    return converter_->convert(file.path, stop);
  };
  pipeline_ = std::make_unique<Pipeline>(has_midi_ ? context_.threads : 1, 256, source, work);
}

void MusicDataset::rewind() {
  tunes_.reset();
  midi_.reset();
  pipeline_.reset();
}

void MusicDataset::note(const std::string& id, const std::string& result, const std::string& reason) {
  outcomes_.push_back({id, result, reason});
  ++counts_[result];
}

bool MusicDataset::next(etude::Document& document) {
  if (!pipeline_) start();
  for (;;) {
    if (next_of_file(document)) return true;
    const auto conversion = pipeline_->next();
    if (!conversion) return false;
    begin_file(*conversion);
  }
}

void MusicDataset::begin_file(const Conversion& conversion) {
  const SourceFile& file = sources_[taken_++];
  show_progress(has_midi_ ? "converting" : "reading", taken_);
  if (file.format == Format::abc) {
    require_unchanged(file);
    try {
      tunes_.emplace(file.path, settings_.split_tunes);
    } catch (const std::system_error& error) {
      warn(text("cannot read ", file.path.string(), ": ", error.code().message(), "; it is left out"));
      note(file.id, "unreadable", error.code().message());
    }
    return;
  }
  if (conversion.result == "converted") {
    midi_ = conversion;
    return;
  }
  if (conversion.result == "unreadable")
    warn(text("cannot read ", file.path.string(), ": ", conversion.reason, "; it is left out"));
  note(file.id, conversion.result, conversion.reason);
}

/// The next document of the file at hand; false when there is none (left).
bool MusicDataset::next_of_file(etude::Document& document) {
  if (midi_) {
    const std::string abc = Converter::text_of(*midi_);
    midi_.reset();
    return finish(document, sources_[taken_ - 1].id, settings_.profile.clean(abc), "converted");
  }
  while (tunes_) {
    const SourceFile& file = sources_[taken_ - 1];
    Tune tune;
    try {
      if (!tunes_->next(tune)) {
        tunes_.reset();
        return false;
      }
    } catch (const std::system_error& error) {
      throw etude::Error(text("cannot read ", file.path.string(), ": ", error.code().message()),
                         "check the disk, or leave the file out");
    }
    if (tune.is_tune && finish(document, file.id + tune.suffix, settings_.profile.clean(tune.text), "read")) return true;
  }
  return false;
}

bool MusicDataset::finish(etude::Document& document, std::string id, Cleaned cleaned, const char* kept) {
  if (cleaned.dropped) {
    note(id, "dropped", cleaned.dropped);
    return false;
  }
  ++counts_[kept];
  document.id = std::move(id);
  document.text = std::move(cleaned.text);
  document.trimmed = std::move(cleaned.trimmed);
  document.split.reset();
  return true;
}

std::string MusicDataset::fingerprint() {
  open();
  if (!fingerprint_.empty()) return fingerprint_;
  std::size_t given = 0;
  const auto source = [&]() -> std::optional<std::size_t> {
    return given < sources_.size() ? std::optional(given++) : std::nullopt;
  };
  const auto work = [this](const std::size_t& index, const std::stop_token&) -> std::string {
    require_unchanged(sources_[index]);
    try {
      return sha256_of_file(sources_[index].path);
    } catch (const std::system_error& error) {
      return "unreadable: " + error.code().message();
    }
  };
  etude::OrderedParallel<std::size_t, std::string> digests(context_.threads, 1024, source, work);
  Digest digest;
  if (has_midi_) digest.add(converter_ ? converter_->version() : "without midi2abc");
  std::size_t done = 0;
  for (const auto& file : sources_) {
    const auto content = digests.next();
    show_progress("looking at", ++done);
    digest.add(text('\n', file.id, '\t', *content));
  }
  return fingerprint_ = digest.hexadecimal();
}

}  // namespace dataset_music
