# The program in a container; see docs/installing.md. Made of what ./mvnw package has left in target/.

FROM eclipse-temurin:17-jre AS layers
COPY target/mart-dhis2-sync.jar .
RUN java -Djarmode=tools -jar mart-dhis2-sync.jar extract --layers --destination /layers

FROM eclipse-temurin:17-jre
RUN useradd --uid 8061 --no-create-home --shell /usr/sbin/nologin mart-dhis2-sync
WORKDIR /opt/mart-dhis2-sync
# what changes seldom comes first, so that a new version sends little over the wire
COPY --from=layers /layers/dependencies/ ./
COPY --from=layers /layers/spring-boot-loader/ ./
COPY --from=layers /layers/snapshot-dependencies/ ./
COPY --from=layers /layers/application/ ./
COPY routes/ routes/
USER 8061
# Who may reach the port is decided where the container is started. Passwords are files in /run/secrets, named like the
# setting they are for, as dhis2.password.
ENV SERVER_ADDRESS=0.0.0.0 \
    SPRING_CONFIG_IMPORT=optional:configtree:/run/secrets/ \
    JDK_JAVA_OPTIONS="-Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
EXPOSE 8061
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD curl -fsS -o /dev/null http://127.0.0.1:8061/actuator/health/liveness || exit 1
CMD ["java", "-jar", "mart-dhis2-sync.jar"]
