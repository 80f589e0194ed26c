// The window's entry: styles, then the application.
import { mount } from "svelte";
import App from "./App.svelte";
import "./styles/tokens.css";
import "./styles/base.css";

const target = document.querySelector("#app");
if (target) mount(App, { target });
