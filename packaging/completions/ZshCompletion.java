// SPDX-License-Identifier: Apache-2.0
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Writes zsh's completion of one command as picocli knows it, which has bash's only: {@code java -cp target/pghoard.jar
 * ZshCompletion.java io.pghoard.command.RestoreTool >_pghoard_restore}.
 */
final class ZshCompletion {
  private final CommandSpec root;
  private final StringBuilder text = new StringBuilder();

  private ZshCompletion(CommandSpec root) {
    this.root = root;
  }

  public static void main(String[] arguments) throws Exception {
    Constructor<?> command = Class.forName(arguments[0]).getDeclaredConstructor();
    CommandSpec spec = new CommandLine(command.newInstance()).getCommandSpec();
    System.out.print(new ZshCompletion(spec).write());
  }

  private String write() {
    List<CommandSpec> commands = new ArrayList<>();
    root.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .filter(command -> !command.usageMessage().hidden())
        .forEach(commands::add);
    line("#compdef %s", root.name());
    line("# SPDX-License-Identifier: Apache-2.0");
    line("local command= word");
    line("for word in ${words[2,CURRENT-1]}; do");
    line("  case $word in");
    for (CommandSpec command : commands) {
      line("    %s) command=$word; break ;;", command.name());
    }
    line("  esac");
    line("done");
    line("case $command in");
    for (CommandSpec command : commands) {
      line("  %s)", command.name());
      line("    _arguments -S \\");
      options(command);
      line("      '1:command:(%s)'", command.name());
      line("    ;;");
    }
    line("  *)");
    line("    _arguments -S \\");
    options(root);
    line("      '1:command:((%s))'", described(commands));
    line("    ;;");
    line("esac");
    return text.toString();
  }

  private void options(CommandSpec command) {
    for (OptionSpec option : command.options()) {
      if (option.hidden()) {
        continue;
      }
      String all = String.join(" ", option.names());
      // A set of names of one option exclude each other, unless it may be repeated.
      String before = option.isMultiValue() ? "*" : "(" + all + ")";
      boolean valued = option.arity().max() > 0;
      for (String name : option.names()) {
        line(
            "      '%s%s%s[%s]%s' \\",
            before,
            name,
            valued && name.startsWith("--") ? "=" : "",
            plain(String.join(" ", option.description())),
            valued ? ":" + plain(label(option)) + ":" + values(option) : "");
      }
    }
  }

  private static String values(OptionSpec option) {
    return switch (label(option)) {
      case "FILE" -> "_files";
      case "DIR" -> "_files -/";
      default -> " ";
    };
  }

  private static String label(OptionSpec option) {
    return option.paramLabel().replace("<", "").replace(">", "");
  }

  private static String described(List<CommandSpec> commands) {
    List<String> words = new ArrayList<>();
    for (CommandSpec command : commands) {
      String description = String.join(" ", command.usageMessage().description());
      words.add(command.name() + "\\:\"" + plain(description.split("[.]( |$)")[0]) + "\"");
    }
    return String.join(" ", words);
  }

  /** Without what means something in a specification of zsh's _arguments. */
  private static String plain(String text) {
    return text.replace("'", "'\\''").replace("[", "(").replace("]", ")").replace(":", "\\:").replace("\"", "");
  }

  private void line(String format, Object... values) {
    text.append(String.format(format, values)).append('\n');
  }
}
