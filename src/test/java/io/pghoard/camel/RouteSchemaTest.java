// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Editors, Kaoto among them, open every route file: it is valid by Camel's schema of its YAML. */
class RouteSchemaTest {
  private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(- .*?)```", Pattern.DOTALL);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static JsonSchema schema;

  @BeforeAll
  static void read() throws IOException {
    try (InputStream text =
        RouteSchemaTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
      schema =
          JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(JSON.readTree(text));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"src/main/resources/routes", "config", "src/test/resources"})
  void routeFiles_areValid(String directory) throws IOException {
    Map<String, List<String>> wrong = new TreeMap<>();
    int files = 0;
    for (Path file : filesBelow(directory, ".yaml")) {
      files++;
      List<String> found = wrong(Files.readString(file));
      if (!found.isEmpty()) {
        wrong.put(file.toString(), found);
      }
    }
    assertThat(wrong).isEmpty();
    // So that files that were moved are not passed over; the tests write theirs as they need them.
    assertThat(files > 0 || directory.equals("src/test/resources")).isTrue();
  }

  @Test
  void examplesOfTheDocuments_areValid() throws IOException {
    List<String> examples = new ArrayList<>();
    for (Path document : filesBelow("docs", ".md")) {
      EXAMPLE.matcher(Files.readString(document)).results().forEach(e -> examples.add(e.group(1)));
    }
    assertThat(examples).isNotEmpty().allSatisfy(example -> assertThat(wrong(example)).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "- route: {id: a, from: {uri: 'direct:a', steps: [{setBodi: {simple: b}}]}}",
        "- route: {id: a, from: {uri: 'direct:a', steps: [{setBody: {simpel: b}}]}}",
        "- route: {id: a, from: {uri: 'direct:a', steps: [{filter: {simple: b, step: []}}]}}",
        "- route: {id: a, nodes: 1, from: {uri: 'direct:a', steps: []}}",
        "- route: {id: a, from: {uri: 'direct:a', steps: [{threads: {poolSize: '4'}}]}}",
        "- routeTemplate: {route: {from: {uri: 'direct:a', steps: []}}}",
      })
  void mistake_isFound(String routes) {
    assertThat(wrong(routes)).isNotEmpty();
  }

  private static List<String> wrong(String yaml) {
    Object routes = new Load(LoadSettings.builder().build()).loadFromString(yaml);
    return schema.validate(JSON.valueToTree(routes)).stream()
        .filter(message -> !isProperty(message))
        .map(ValidationMessage::getMessage)
        .toList();
  }

  /** Camel takes a property where the schema says a number, or true and false. */
  private static boolean isProperty(ValidationMessage message) {
    JsonNode value = message.getInstanceNode();
    return message.getType().equals("type")
        && value != null
        && value.isTextual()
        && value.textValue().matches("\\{\\{[^{}]+}}");
  }

  private static List<Path> filesBelow(String directory, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(directory))) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }
}
