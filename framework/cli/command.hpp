// What every subcommand shares: its entry in the program's table, and the parsing of its arguments.
#pragma once

#include <boost/program_options.hpp>
#include <etude/error.hpp>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace etude {

using Arguments = std::vector<std::string>;

/// A subcommand: parse, do, print. Returns the exit code; errors are thrown and become messages in run_program().
struct Command {
  const char* name;
  const char* summary;
  int (*run)(const Arguments& arguments);
};

/// Runs the subcommand that the first argument names.
int run_program(const Arguments& arguments);

/// Runs the one of a group's `commands` that the first argument names ("train" of `etude tokenizer train`), or shows them.
/// @param group    "tokenizer"
/// @param summary  what they have in common, after the group's name
int run_group(const std::string& group, const std::string& summary, std::span<const Command> commands,
              const Arguments& arguments);

/// The values of a command line, or nothing if `--help` was asked for and has been printed.
/// @param usage       "run EXPERIMENT.toml [options]"
/// @param summary     one or two sentences of what the command does
/// @param options     visible options; --help is added
/// @param positional  name of the positional argument (also declared in `options`), "" for none; it may repeat if it is declared
/// composing()
/// @throws Error (usage) for unknown or malformed options, naming the nearest known one, and for negative whole numbers
bool parse_arguments(const Arguments& arguments, const std::string& usage, const std::string& summary,
                     boost::program_options::options_description options, const std::string& positional,
                     boost::program_options::variables_map& values);

/// --plugin-dir and --set, which every command on experiments takes.
void add_experiment_options(boost::program_options::options_description& options);
/// --output, where runs and packed corpora go (default "runs").
void add_output_option(boost::program_options::options_description& options);

std::vector<std::filesystem::path> plugin_dirs(const boost::program_options::variables_map& values);
std::vector<std::string> overrides(const boost::program_options::variables_map& values);
std::vector<std::string> strings(const boost::program_options::variables_map& values, const std::string& name);

int run_command(const Arguments& arguments);
int check_command(const Arguments& arguments);
int list_command(const Arguments& arguments);
int describe_command(const Arguments& arguments);
int prepare_command(const Arguments& arguments);
int sample_command(const Arguments& arguments);
int evaluate_command(const Arguments& arguments);
int compare_command(const Arguments& arguments);
int fit_command(const Arguments& arguments);
int report_command(const Arguments& arguments);
int inspect_command(const Arguments& arguments);
int tokenizer_command(const Arguments& arguments);
int abc_command(const Arguments& arguments);
int plugin_command(const Arguments& arguments);

}  // namespace etude
