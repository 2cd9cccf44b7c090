// SPDX-License-Identifier: Apache-2.0
package io.pghoard.camel.reload;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.XMLConstants;
import javax.xml.parsers.SAXParserFactory;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/** The calls of a route file, with their lines, out of YAML or XML. */
final class RouteCallReader {
  /** What a step that goes somewhere is called, where its value is the address itself. */
  private static final Set<String> ADDRESSES =
      Set.of("uri", "to", "toD", "wireTap", "deadLetterUri");

  /** What takes in or looks at messages, and calls nothing. */
  private static final Set<String> INPUTS =
      Set.of("from", "interceptFrom", "interceptSendToEndpoint");

  private final List<RouteCall> calls = new ArrayList<>();
  private final Set<String> configurations = new TreeSet<>();
  private final Set<String> wantedConfigurations = new TreeSet<>();
  private boolean empty;

  /** Reads a file. */
  RouteCallReader(String name, String text) throws Exception {
    if (name.endsWith(".xml")) {
      xml(text);
    } else {
      Node root = new Compose(LoadSettings.builder().build()).composeString(text).orElse(null);
      empty =
          !(root instanceof MappingNode)
              && !(root instanceof SequenceNode items && !items.getValue().isEmpty());
      if (root != null) {
        yaml(root, false);
      }
    }
  }

  /** In the order of the file. */
  List<RouteCall> calls() {
    return calls;
  }

  /** The ids of the route configurations that the file has. */
  Set<String> configurations() {
    return configurations;
  }

  /** The ids that its routes ask for; they may be patterns, or several with commas between. */
  Set<String> wantedConfigurations() {
    return wantedConfigurations;
  }

  /** Whether the file defines nothing. */
  boolean isEmpty() {
    return empty;
  }

  private void yaml(Node node, boolean input) {
    if (node instanceof SequenceNode sequence) {
      sequence.getValue().forEach(each -> yaml(each, false));
    } else if (node instanceof ScalarNode scalar) {
      calls.addAll(RouteCall.inText(line(scalar), scalar.getValue()));
    } else if (node instanceof MappingNode mapping) {
      mapping(mapping, input);
    }
  }

  /**
   * Reads a mapping.
   *
   * @param input whether it is a route's {@code from}, which calls nothing
   */
  private void mapping(MappingNode mapping, boolean input) {
    Map<String, Node> values = new HashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        values.put(key.getValue(), tuple.getValueNode());
      }
    }
    String ref = text(values.get("ref"));
    String method = text(values.get("method"));
    if (ref != null && method != null) {
      calls.add(new RouteCall(line(mapping), ref, method));
    }
    String option =
        values.get("parameters") instanceof MappingNode parameters
            ? text(value(parameters, "method"))
            : null;
    for (Map.Entry<String, Node> each : values.entrySet()) {
      if (!input
          && ADDRESSES.contains(each.getKey())
          && each.getValue() instanceof ScalarNode address) {
        String name =
            values.get("parameters") instanceof MappingNode parameters
                ? text(value(parameters, "name"))
                : null;
        boolean named = address.getValue().equals("direct") && name != null;
        add(RouteCall.ofUri(line(address), named ? "direct:" + name : address.getValue(), option));
      }
      yaml(each.getValue(), INPUTS.contains(each.getKey()));
      configuration(each.getKey(), each.getValue());
    }
  }

  /** Route configurations: those that the file has, and those that its routes ask for. */
  private void configuration(String key, Node node) {
    if (key.equals("routeConfiguration") && node instanceof MappingNode mapping) {
      add(configurations, text(value(mapping, "id")));
    } else if (key.equals("routeConfigurationId")) {
      add(wantedConfigurations, text(node));
    }
  }

  private static void add(Set<String> ids, @Nullable String id) {
    if (id != null) {
      ids.add(id);
    }
  }

  private static @Nullable Node value(MappingNode mapping, String name) {
    return mapping.getValue().stream()
        .filter(tuple -> name.equals(text(tuple.getKeyNode())))
        .map(NodeTuple::getValueNode)
        .findFirst()
        .orElse(null);
  }

  private static @Nullable String text(@Nullable Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : null;
  }

  private static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
  }

  private void add(@Nullable RouteCall call) {
    if (call != null) {
      calls.add(call);
    }
  }

  private void xml(String text) throws Exception {
    SAXParserFactory factory = SAXParserFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    factory.newSAXParser().parse(new InputSource(new StringReader(text)), new Xml());
  }

  /** The calls of XML: in attributes, and in the text of expressions. */
  private final class Xml extends DefaultHandler {
    private @Nullable Locator locator;
    private final StringBuilder content = new StringBuilder();

    @Override
    public void setDocumentLocator(Locator locator) {
      this.locator = locator;
    }

    private int line() {
      return locator == null ? 0 : locator.getLineNumber();
    }

    @Override
    public void startElement(String uri, String local, String name, Attributes attributes)
        throws SAXException {
      content.setLength(0);
      String ref = attributes.getValue("ref");
      String method = attributes.getValue("method");
      if (ref != null && method != null) {
        calls.add(new RouteCall(line(), ref, method));
      }
      for (int i = 0; i < attributes.getLength(); i++) {
        String value = attributes.getValue(i);
        if (ADDRESSES.contains(attributes.getQName(i)) && !INPUTS.contains(name)) {
          add(RouteCall.ofUri(line(), value, null));
        }
        calls.addAll(RouteCall.inText(line(), value));
      }
      add(wantedConfigurations, attributes.getValue("routeConfigurationId"));
      if (name.equals("routeConfiguration")) {
        add(configurations, attributes.getValue("id"));
      }
    }

    @Override
    public void characters(char[] characters, int start, int length) {
      content.append(characters, start, length);
    }

    @Override
    public void endElement(String uri, String local, String name) {
      calls.addAll(RouteCall.inText(line(), content.toString()));
      content.setLength(0);
    }
  }
}
