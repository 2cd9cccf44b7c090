// SPDX-License-Identifier: Apache-2.0
package io.pghoard.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.pghoard.config.JsonValue.ObjectValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** pghoard.json: the file that says what to back up, whence and whereto. */
public final class ConfigFile {
  /** Far above any real configuration; what is longer is another file. */
  private static final int MAXIMUM_BYTES = 8 << 20;

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final Path file;

  private ConfigFile(Path file) {
    this.file = file;
  }

  /**
   * Reads and checks a configuration. Looks at this file alone: whether the directories that it
   * names are there is for {@link MachineCheck} to say.
   *
   * @throws ConfigException when anything is wrong with the file; it tells every problem
   */
  public static PghoardConfig read(Path file) throws ConfigException {
    return new ConfigFile(file).read();
  }

  private PghoardConfig read() throws ConfigException {
    Problems problems = new Problems();
    JsonValue root = tree(text(), problems);
    if (!(root instanceof ObjectValue object)) {
      throw wrong("the file holds " + root.kind(), "write an object in { }");
    }
    Path home = file.toAbsolutePath().normalize().getParent();
    Section top = new Section(object, Keys.TOP, problems);
    PghoardConfig config = new ConfigReader(top, home == null ? Path.of("/") : home).read();
    if (!problems.isEmpty()) {
      throw new ConfigException(file, problems.inOrder());
    }
    return config;
  }

  private JsonValue tree(String text, Problems problems) throws ConfigException {
    try {
      return JsonTree.read(text, problems);
    } catch (JsonProcessingException mistake) {
      throw new ConfigException(file, List.of(JsonMistake.of(mistake)));
    } catch (IOException impossible) {
      throw new IllegalStateException("a text in memory cannot fail to be read", impossible);
    }
  }

  private String text() throws ConfigException {
    ByteBuffer bytes = ByteBuffer.wrap(bytes());
    CharBuffer text = CharBuffer.allocate(bytes.remaining());
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    if (decoder.decode(bytes, text, true).isError()) {
      Place place = lastPlace(text.flip().toString());
      throw new ConfigException(
          file,
          List.of(Problem.at(place, "the file is not UTF-8 from here on", "save it as UTF-8")));
    }
    String whole = text.flip().toString();
    String json = whole.startsWith(BYTE_ORDER_MARK) ? whole.substring(1) : whole;
    if (json.isBlank()) {
      throw wrong("the file is empty", "write an object in { } with backup_location at least");
    }
    return json;
  }

  private static Place lastPlace(String text) {
    int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
    return new Place("$", line, text.length() - text.lastIndexOf('\n'));
  }

  private byte[] bytes() throws ConfigException {
    if (Files.isDirectory(file)) {
      throw wrong("this is a directory", "name the file pghoard.json itself");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAXIMUM_BYTES + 1);
      String others = FileRights.changedByOthers(file);
      if (others != null) {
        throw wrong(
            others + ", so that the programs that are run are theirs to choose",
            "chmod go-w what it names, and see that the file is as it should be");
      }
      if (bytes.length > MAXIMUM_BYTES) {
        throw wrong("the file is longer than 8 MiB", "name pghoard.json, not another file");
      }
      return bytes;
    } catch (NoSuchFileException missing) {
      throw wrong("there is no such file", "name the configuration with --config FILE");
    } catch (AccessDeniedException denied) {
      throw wrong(
          "the file cannot be read: permission denied",
          "give the user that pghoard runs as permission to read it");
    } catch (ConfigException ours) {
      throw ours;
    } catch (IOException unreadable) {
      throw wrong("the file cannot be read: " + unreadable.getMessage(), "check the file's disk");
    }
  }

  private ConfigException wrong(String cause, String remedy) {
    return new ConfigException(file, List.of(new Problem("$", 0, 0, cause, remedy)));
  }
}
