// Tokenizers by themselves, without an experiment: made from --plugin and --set, and found again from the file they were saved
// to.
#pragma once

#include <cli/command.hpp>
#include <etude/tokenizer.hpp>
#include <host/catalogue.hpp>

namespace etude {

/// --plugin, --set, --plugin-dir, --threads and --json.
/// @param plugin_default  which plugin it is without --plugin, in words
void add_tokenizer_options(boost::program_options::options_description& options, const std::string& plugin_default);

/// One that has learned nothing, as --plugin (default bpe) and --set say.
/// @throws Error (usage) as for [tokenizer] of an experiment
std::shared_ptr<Tokenizer> new_tokenizer(const Catalogue& catalogue, const boost::program_options::variables_map& values);

/// The one that was saved to `file`. Without --plugin the file says whose it is: "tokenizer" in it, else bpe. Options that --set
/// leaves open are as in the file.
std::shared_ptr<Tokenizer> saved_tokenizer(const Catalogue& catalogue, const std::filesystem::path& file,
                                           const boost::program_options::variables_map& values);

/// What --threads says; 0 is all cores. @throws Error (usage) if it is negative
int thread_count(const boost::program_options::variables_map& values);

}  // namespace etude
