# Builds the one binary; compose.yaml runs it once a role.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked --package stepwell

FROM debian:bookworm-slim
# curl is what the health checks of compose.yaml ask with.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home stepwell
COPY --from=build /src/target/release/stepwell /usr/local/bin/stepwell
USER stepwell
EXPOSE 8080 8081
ENTRYPOINT ["stepwell"]
CMD ["dev", "--listen", "0.0.0.0:8080", "--grpc-listen", "0.0.0.0:8081"]
