// SPDX-License-Identifier: Apache-2.0
package io.pghoard;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameStartingWith;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.io.FileReader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The floors of the house: who imports whom, and what nobody calls. */
class FloorsTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.pghoard");

  /** One floor a line, the highest first; neighbours on a floor do not import each other. */
  private static final List<List<String>> FLOORS =
      List.of(
          List.of("command"),
          List.of("camel"),
          List.of("state"),
          List.of("alert"),
          List.of("verify", "drill"),
          List.of("backup", "restore", "archive", "receive", "retention", "scrub"),
          List.of("server", "recovery", "lease"),
          List.of("repository", "host"),
          List.of("config"),
          List.of("postgres"),
          List.of("codec", "check"));

  /** Of the files that pghoard alone writes, in UTF-8; and of the kernel's, as ISO-8859-1. */
  private static final String READERS_OF_OUR_OWN_TEXT = ".*\\.(KnownCluster|MountPoints)";

  private static final String[] DOORSTEP = {"io.pghoard", "io.pghoard.command.."};
  private static final String[] WITH_CAMEL = {
    "io.pghoard", "io.pghoard.command..", "io.pghoard.camel.."
  };

  @TestFactory
  Stream<DynamicTest> package_importsFromLowerFloorsOnly() {
    return FLOORS.stream().flatMap(List::stream).map(this::importsFromLowerFloorsOnly);
  }

  private DynamicTest importsFromLowerFloorsOnly(String name) {
    ArchRule rule =
        noClasses()
            .that()
            .resideInAPackage(of(name))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(forbiddenTo(name))
            .because("a package imports from lower floors only: " + FLOORS);
    return dynamicTest(name, () -> check(rule));
  }

  @Test
  void everyPackage_hasItsFloor() {
    String[] known =
        Stream.concat(Stream.of("io.pghoard"), names().map(FloorsTest::of)).toArray(String[]::new);
    check(
        noClasses()
            .should()
            .resideOutsideOfPackages(known)
            .because("a new package takes its place here and in ARCHITECTURE.md"));
  }

  @Test
  void camel_isKnownToItsPackageAndTheCommandLine() {
    check(
        outsideOf(WITH_CAMEL)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.camel..")
            .because("beans know no Camel: let io.pghoard.camel hand them values"));
  }

  @Test
  void logging_isSlf4j() {
    check(
        outsideOf(new String[] {"io.pghoard.host.."})
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.util.logging..", "org.apache.logging..")
            .because("there is one log, org.slf4j.Logger, and one place that sets it up"));
  }

  @Test
  void exit_isForTheCommandLine() {
    check(
        outsideOf(DOORSTEP)
            .should()
            .callMethodWhere(calls(System.class, "exit"))
            .orShould()
            .callMethodWhere(calls(Runtime.class, "halt"))
            .because("who is called does not end the process: throw, and the command exits"));
  }

  @Test
  void sleep_isForTheCommandLine() {
    check(
        outsideOf(DOORSTEP)
            .should()
            .callMethodWhere(calls(Thread.class, "sleep"))
            .orShould()
            .callMethodWhere(calls(TimeUnit.class, "sleep"))
            .because(
                "nothing wakes a sleep: await a condition with a deadline, or let a route retry"));
  }

  @Test
  void time_comesFromAClock() {
    check(
        noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDate.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(OffsetDateTime.class, "now")
            .orShould()
            .callMethod(ZonedDateTime.class, "now")
            .because(
                "tests set the time: say Instant.now(clock) with a java.time.Clock;"
                    + " a span is measured with System.nanoTime()"));
  }

  @Test
  void systemClock_isMadeWhereTheProgramIsPutTogether() {
    check(
        outsideOf(WITH_CAMEL)
            .should()
            .callMethodWhere(calls(Clock.class, "system"))
            .because("tests set the time: take a java.time.Clock in the constructor"));
  }

  @Test
  void filesOfPostgresql_areBytes() {
    check(
        noClasses()
            .that()
            .haveNameNotMatching(READERS_OF_OUR_OWN_TEXT)
            .should()
            .callMethod(Files.class, "readString", Path.class)
            .orShould()
            .callMethod(Files.class, "readAllLines", Path.class)
            .orShould()
            .callMethod(Files.class, "lines", Path.class)
            .orShould()
            .callMethod(Files.class, "newBufferedReader", Path.class)
            .orShould()
            .callMethod(Files.class, "readString", Path.class, Charset.class)
            .orShould()
            .callMethod(Files.class, "readAllLines", Path.class, Charset.class)
            .orShould()
            .callMethod(Files.class, "lines", Path.class, Charset.class)
            .orShould()
            .callMethod(Files.class, "newBufferedReader", Path.class, Charset.class)
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(FileReader.class, Scanner.class)
            .because(
                "PostgreSQL's files may be in any encoding, and these fail at what is not UTF-8:"
                    + " read them by PostgresText; files that only pghoard writes have their"
                    + " readers named here"));
  }

  @Test
  void names_sayWhatAThingIs() {
    check(
        noClasses()
            .should()
            .haveNameMatching(".*\\.(util|common|impl|internal|service|model)\\..*")
            .orShould()
            .haveNameMatching(".*(Utils?|Helper|Manager|Impl)")
            .orShould()
            .haveNameMatching(".*[.$](Abstract|Base(?!Backup))[A-Z].*")
            .because("a class is called after what it is and lies with the thing it is about"));
  }

  private static String[] forbiddenTo(String name) {
    int floor = 0;
    while (!FLOORS.get(floor).contains(name)) {
      floor++;
    }
    Stream<String> notBelow =
        FLOORS.subList(0, floor + 1).stream()
            .flatMap(List::stream)
            .filter(other -> !other.equals(name));
    // The start of the program is nobody's to import, and has no package of its own.
    return Stream.concat(Stream.of("io.pghoard"), notBelow.map(FloorsTest::of))
        .toArray(String[]::new);
  }

  private static Stream<String> names() {
    return FLOORS.stream().flatMap(List::stream);
  }

  private static String of(String name) {
    return "io.pghoard." + name + "..";
  }

  private static GivenClassesConjunction outsideOf(String[] packages) {
    return noClasses().that().resideOutsideOfPackages(packages);
  }

  private static DescribedPredicate<JavaCall<?>> calls(Class<?> type, String methodsStartingWith) {
    return target(owner(JavaClass.Predicates.assignableTo(type)))
        .and(target(nameStartingWith(methodsStartingWith)));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }
}
