// SPDX-License-Identifier: Apache-2.0
package io.pghoard.repository;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pghoard.config.ConfigFile;
import io.pghoard.config.StorageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads an object_storage as a daemon does, for a test of a store without one. */
public final class StorageSettings {
  private StorageSettings() {}

  /** The settings that {@code edit} writes; a file of them stays in the directory. */
  public static StorageConfig read(Path directory, Consumer<ObjectNode> edit) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode root = json.createObjectNode();
    root.put("backup_location", directory.toString());
    ObjectNode site = root.putObject("backup_sites").putObject("main");
    site.put("active", false).put("pg_data_directory", directory.resolve("data").toString());
    edit.accept(site.putObject("object_storage"));
    Path file = Files.createTempFile(directory, "pghoard", ".json");
    Files.write(file, json.writeValueAsBytes(root));
    return ConfigFile.read(file).sites().values().iterator().next().storage();
  }
}
